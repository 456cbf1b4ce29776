"""Features to batches: in an order fixed beforehand, by length, padded, with the targets beside them."""

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

_MASKS = ("[mask]", "<mask>")
_BATCHES_SORTED = (
    50  # Batches' worth of features that are sorted together: enough for even lengths, few enough for chance.
)


def batch_order(lengths: Sequence[int], batch: int, epochs: float, seed: int) -> NDArray[np.int64]:
    """The numbers of the features in the order of training, all epochs one after the other.

    Consecutive runs of `batch` are of like length. The whole order is made beforehand, from the seed, so that a
    resumed run goes on with exactly the batches that an uninterrupted one would have had.
    """
    chance = np.random.default_rng(seed)
    total = max(1, round(epochs * len(lengths)))
    passes = -(-total // len(lengths))
    stream = np.concatenate([chance.permutation(len(lengths)) for _ in range(passes)])[:total]
    size = np.asarray(lengths)
    ordered = []
    for first in range(0, total, batch * _BATCHES_SORTED):
        some = stream[first : first + batch * _BATCHES_SORTED]
        some = some[np.argsort(-size[some], kind="stable")]
        whole = len(some) // batch
        batches = some[: whole * batch].reshape(whole, batch)
        # The incomplete batch, of the shortest, stays last; any other place would shift those after it.
        ordered += [batches[chance.permutation(whole)].ravel(), some[whole * batch :]]
    return np.concatenate(ordered)


@dataclass(frozen=True, slots=True)
class TokenMasking:
    """Words that are masked at random, a `share` of the question's and the window's, others at each pass.

    They are drawn from the seed and the position in the order alone: a resumed run draws what an uninterrupted one
    would have.
    """

    share: float
    seed: int
    mask: int
    special: tuple[int, ...]

    @classmethod
    def of(cls, tokenizer: Tokenizer, share: float, seed: int) -> Self:
        """With the tokenizer's own mask. Raises `DocqaError` where it has none."""
        added = {
            identifier: token for identifier, token in tokenizer.get_added_tokens_decoder().items() if token.special
        }
        masks = [identifier for identifier, token in added.items() if token.content.lower() in _MASKS]
        if not masks:
            raise DocqaError("the base's tokenizer has no mask", "leave --token-dropout out")
        return cls(share, seed, masks[0], tuple(added))

    def applied(self, feature: Feature, position: int) -> Feature:
        """The feature as it is read at this position of the order."""
        drawn = np.random.default_rng((self.seed, position)).random(len(feature.ids)) < self.share
        drawn &= ~np.isin(feature.ids, self.special)
        masked = np.where(drawn, np.int32(self.mask), feature.ids)
        return replace(feature, sequence=feature.sequence._replace(ids=masked))


class OrderedDataset:
    """Features in a fixed order, with their teacher's targets: a map-style dataset."""

    def __init__(
        self,
        features: Sequence[Feature],
        numbers: NDArray[np.int64],
        taught: "Sequence[tuple[Target, Target]] | None" = None,
        dropout: TokenMasking | None = None,
    ) -> None:
        self._features = features
        self._numbers = numbers
        self._taught = taught
        self._dropout = dropout

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, position: int) -> tuple[Feature, Target, Target]:
        number = int(self._numbers[position])
        feature = self._features[number]
        start, end = self._taught[number] if self._taught is not None else (feature.start, feature.end)
        if self._dropout is not None:
            feature = self._dropout.applied(feature, position)
        return feature, start, end


def collate(items: Sequence[tuple[Feature, Target, Target]], limit: int) -> dict[str, "torch.Tensor"]:
    """A batch, padded as in reading: input_ids, attention_mask and token_type_ids, of shape (batch, width).

    And of the same shape `allowed`, True at the null and the window's tokens, and the targets `start` and `end`.
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
    }
    batch = {name: torch.from_numpy(array) for name, array in arrays.items()}
    return batch | {"start": torch.from_numpy(targets[0]), "end": torch.from_numpy(targets[1])}
