"""Batches of features: in an order fixed in advance, by length, padded, with their targets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from docqa.errors import DocqaError
from docqa.reader.sequences import pad
from docqa.training.features import Feature, Target

if TYPE_CHECKING:
    import torch

_MASK_TOKENS = ("[mask]", "<mask>")
_SORTED_BATCHES = 50  # Batches that are sorted by length together: a compromise between padding and randomness.


def batch_order(lengths: Sequence[int], batch: int, epochs: float, seed: int) -> NDArray[np.int64]:
    """Return the indices of the features in the order of training, with all epochs in sequence.

    The features of a batch have similar lengths. The whole order is fixed in advance by the seed, so that a resumed
    run continues with exactly the batches of an uninterrupted one.
    """
    rng = np.random.default_rng(seed)
    total = max(1, round(epochs * len(lengths)))
    passes = -(-total // len(lengths))
    indices = np.concatenate([rng.permutation(len(lengths)) for _ in range(passes)])[:total]
    length_of = np.asarray(lengths)
    ordered = []
    for first in range(0, total, batch * _SORTED_BATCHES):
        chunk = indices[first : first + batch * _SORTED_BATCHES]
        chunk = chunk[np.argsort(-length_of[chunk], kind="stable")]
        complete = len(chunk) // batch
        batches = chunk[: complete * batch].reshape(complete, batch)
        # The incomplete batch, of the shortest features, stays last so that it does not shift the others.
        ordered += [batches[rng.permutation(complete)].ravel(), chunk[complete * batch :]]
    return np.concatenate(ordered)


@dataclass(frozen=True, slots=True)
class TokenMasking:
    """Masks a random `share` of the tokens of questions and windows, different ones in each pass.

    The choice depends only on the seed and on the position in the order, so that it is the same in a resumed run.
    """

    share: float
    seed: int
    mask: int
    """The id of the mask token."""
    special: tuple[int, ...]
    """The ids of tokens that are never masked."""

    @classmethod
    def of(cls, tokenizer: Tokenizer, share: float, seed: int) -> Self:
        """Return a masking with the tokenizer's mask token. Raises `DocqaError` if it has none."""
        special = {token_id: token for token_id, token in tokenizer.get_added_tokens_decoder().items() if token.special}
        masks = [token_id for token_id, token in special.items() if token.content.lower() in _MASK_TOKENS]
        if not masks:
            raise DocqaError("the base's tokenizer has no mask token", "omit --token-masking")
        return cls(share, seed, masks[0], tuple(special))

    def apply(self, feature: Feature, position: int) -> Feature:
        """Return the feature with the mask of this position in the order."""
        masked = np.random.default_rng((self.seed, position)).random(len(feature.ids)) < self.share
        masked &= ~np.isin(feature.ids, self.special)
        ids = np.where(masked, np.int32(self.mask), feature.ids)
        return replace(feature, sequence=feature.sequence._replace(ids=ids))


class OrderedDataset:
    """Features in a fixed order, with their targets: a map-style dataset."""

    def __init__(
        self,
        features: Sequence[Feature],
        order: NDArray[np.int64],
        soft_targets: Sequence[tuple[Target, Target]] | None = None,
        masking: TokenMasking | None = None,
    ) -> None:
        self._features = features
        self._order = order
        self._soft_targets = soft_targets
        self._masking = masking

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, position: int) -> tuple[Feature, Target, Target]:
        index = int(self._order[position])
        feature = self._features[index]
        start, end = self._soft_targets[index] if self._soft_targets is not None else (feature.start, feature.end)
        if self._masking is not None:
            feature = self._masking.apply(feature, position)
        return feature, start, end


def collate(items: Sequence[tuple[Feature, Target, Target]], limit: int) -> dict[str, "torch.Tensor"]:
    """Return a batch of tensors of shape (batch, width), padded as in reading; `limit` is the reader's, in tokens.

    The inputs are `input_ids`, `attention_mask` and `token_type_ids`. `allowed` is True at the null and at the
    window's tokens. `start` and `end` are the targets, `weight`, of shape (batch,), is what each sequence counts.
    """
    import torch

    padded = pad((feature.sequence for feature, _, _ in items), limit)
    allowed = np.zeros(padded.ids.shape, dtype=np.bool_)
    targets = np.zeros((2, *padded.ids.shape), dtype=np.float32)
    for row, (feature, start, end) in enumerate(items):
        allowed[row, 0] = True
        allowed[row, feature.first : feature.first + feature.size] = True
        for side, target in enumerate((start, end)):
            for position, share in target:
                targets[side, row, position] += share
    arrays = {
        "input_ids": padded.ids,
        "attention_mask": padded.mask,
        "token_type_ids": padded.types,
        "allowed": allowed,
        "start": targets[0],
        "end": targets[1],
        "weight": np.array([feature.weight for feature, _, _ in items], dtype=np.float32),
    }
    return {name: torch.from_numpy(array) for name, array in arrays.items()}
