"""Input sequences of a reader: question and window between the tokenizer's special tokens, padded to batches.

Reading, evaluation and training all build them here.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

_PAD_TO = 16
"""Widths are multiples of this: CPU kernels are compiled per width, and a coarser grid (32) costs a tenth more time."""


class InputSequence(NamedTuple):
    """One question and one window.

    `ids` are the token ids, special tokens included; the window's tokens begin at index `window_start`, and everything
    from there on has the token type `window_type`.
    """

    ids: NDArray[np.int32]
    window_start: int
    window_type: int


class Batch(NamedTuple):
    """Padded sequences: token ids, attention mask (1 at tokens), token types. Each of shape (rows, width)."""

    ids: NDArray[np.int64]
    mask: NDArray[np.int64]
    types: NDArray[np.int64]


class SequenceBuilder:
    """Builds the sequences of one reader: with the special tokens of its tokenizer, up to `limit` tokens long."""

    def __init__(self, tokenizer: Tokenizer, limit: int) -> None:
        """Learn the special tokens from one encoded pair."""
        self.tokenizer = tokenizer
        self.limit = limit
        encoding = tokenizer.encode("a", "b")
        question = [i for i, side in enumerate(encoding.sequence_ids) if side == 0]
        window = [i for i, side in enumerate(encoding.sequence_ids) if side == 1]
        self._before = encoding.ids[: question[0]]
        self._between = encoding.ids[question[-1] + 1 : window[0]]
        self._after = encoding.ids[window[-1] + 1 :]
        self._window_type: int = encoding.type_ids[window[0]]

    @property
    def special_tokens(self) -> int:
        """Special tokens in a sequence."""
        return len(self._before) + len(self._between) + len(self._after)

    def room(self, question_length: int) -> int:
        """Tokens of a window that fit into one sequence beside a question of `question_length` tokens."""
        return self.limit - self.special_tokens - question_length

    def window_start(self, question_length: int) -> int:
        """Index in a sequence at which the window begins, after a question of `question_length` tokens."""
        return len(self._before) + question_length + len(self._between)

    def build(self, question: Sequence[int], window: Sequence[int] | NDArray[np.int32]) -> InputSequence:
        """The sequence of a question's and a window's token ids, without truncation."""
        parts = (self._before, question, self._between, window, self._after)
        ids = np.concatenate([np.asarray(part, dtype=np.int32) for part in parts])
        return InputSequence(ids, self.window_start(len(question)), self._window_type)


def pad(sequences: Iterable[InputSequence], limit: int) -> Batch:
    """A batch as wide as the longest sequence, rounded up to a multiple of 16, but no wider than `limit`."""
    rows = list(sequences)
    longest = max(len(sequence.ids) for sequence in rows)
    width = min(limit, -(-longest // _PAD_TO) * _PAD_TO)
    ids = np.zeros((len(rows), width), dtype=np.int64)
    mask = np.zeros_like(ids)
    types = np.zeros_like(ids)
    for row, sequence in enumerate(rows):
        length = len(sequence.ids)
        ids[row, :length] = sequence.ids
        mask[row, :length] = 1
        types[row, sequence.window_start : length] = sequence.window_type
    return Batch(ids, mask, types)
