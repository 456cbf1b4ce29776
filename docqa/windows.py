"""From a document's text to reader tokens, and from tokens to windows.

Reading, evaluation and training all cut windows here. It is done once a document: questions re-use them.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar, overload

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from docqa.documents import Document, Table
from docqa.documents.document import find_breaks
from docqa.documents.superscripts import blank_marks, exponents
from docqa.errors import DocqaError
from docqa.progress import Monitor
from docqa.table_linearization import COLON, SEMICOLON, linearized_order

QUESTION_BUDGET = 40
"""Tokens of `max_seq_length` reserved for the question and the special tokens.

99% of SQuAD's questions need fewer. A longer question makes its sequences longer, up to the model's limit; the windows
stay as they are.
"""

_MIN_WINDOW = 16
_PIECE = 8_000  # Characters tokenized at a time: small enough to notice a cancel at once.
_PIECES_AT_ONCE = 64
_TOKENS_AT_ONCE = 1 << 20
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")
# What goes on a word after a mark inside it. A pattern that began before the mark would be tried from each letter of a
# long run: its time would be quadratic.
_UNBROKEN = re.compile(r"(?<=\d)[.,:]\d+|(?<=[^\W\d_])['’][^\W\d_]+")
_Number = TypeVar("_Number", bound=np.generic)
_JOINERS = "\u200d\ufe0e\ufe0f"


@dataclass(frozen=True)
class Tokens:
    """The reader tokens of a document's body, as they are read. Five parallel arrays of shape (tokens,).

    `ids` are the reader's; `starts` and `ends` are offsets in the document's text; `words` is True where a token begins
    a word, as defined by the tokenizer's pre-tokenizer (a punctuation mark is a word, except inside "2,148" and
    "don't"); `blocks` are the numbers of the paragraphs, rows and cells that tokens are in. No answer spans two blocks.

    A table is read row by row with its headings (`docqa.table_linearization`): headings are there several times, and
    marks that have no text. Where they are repeated they are blocks of their own without words, so that they are no
    answers.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    words: NDArray[np.bool_]
    blocks: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)

    def block_around(self, token: int) -> tuple[int, int]:
        """The span of the block that a token is in, from its first token to its last."""
        number = self.blocks[token]
        first, last = np.searchsorted(self.blocks, [number, number + 1])
        return int(self.starts[first]), int(self.ends[last - 1])

    @cached_property
    def reached(self) -> NDArray[np.int32]:
        """Where the text before each token ends, and that of all. A heading that is repeated begins before that."""
        return np.maximum.accumulate(np.append(np.int32(0), self.ends))

    @cached_property
    def repeated(self) -> NDArray[np.bool_]:
        """True at headings that are repeated, and at the marks that a table has only where it is read."""
        repeated: NDArray[np.bool_] = (self.starts == self.ends) | (self.starts < self.reached[:-1])
        return repeated

    @cached_property
    def _own(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """The indices, starts and ends of the tokens that are not repeated: these are in the order of the text."""
        own = np.flatnonzero(~self.repeated).astype(np.int32)
        return own, self.starts[own], self.ends[own]

    def around(self, start: int, end: int) -> tuple[int, int]:
        """The first and the last token, where they stand, of the text from `start` to `end`; the last is -1 without."""
        own, starts, ends = self._own
        first = int(ends.searchsorted(start, side="right"))
        last = int(starts.searchsorted(end, side="left")) - 1
        return (int(own[first]), int(own[last])) if first <= last < len(own) else (first, -1)

    def window(self, first: int, last: int) -> "Window":
        """The tokens from `first` up to, not including, `last`."""
        return Window(self.ids[first:last], self.words[first:last], self.blocks[first:last])


class Window(NamedTuple):
    """A slice of `Tokens`: `ids`, `words` and `blocks`, each of shape (tokens,)."""

    ids: NDArray[np.int32]
    words: NDArray[np.bool_]
    blocks: NDArray[np.int32]

    @property
    def word_ends(self) -> NDArray[np.bool_]:
        """True where a token ends a word."""
        return np.append(self.words[1:] | (self.blocks[1:] != self.blocks[:-1]), True)

    def part(self, first: int, size: int) -> "Window":
        """The `size` tokens from `first` on."""
        inside = slice(first, first + size)
        return Window(self.ids[inside], self.words[inside], self.blocks[inside])


class Windows(NamedTuple):
    """The windows of a document: its tokens, and token ranges of shape (windows, 2) as `bounds`."""

    tokens: Tokens
    bounds: NDArray[np.int32]

    def texts(self, text: str) -> "WindowTexts":
        """The windows as they are read, `text` being the document's."""
        return WindowTexts(text, self.tokens, self.bounds)


class WindowTexts(Sequence[str]):
    """The text of each window, block by block: repeated headings are in it as often as they are read.

    Each is made when it is asked for: all together are longer than the document.
    """

    def __init__(self, text: str, tokens: Tokens, bounds: NDArray[np.int32]) -> None:
        self._text = text
        self._tokens = tokens
        self._bounds = bounds
        self._edges = np.flatnonzero(np.diff(tokens.blocks)).astype(np.int32) + 1

    def __len__(self) -> int:
        return len(self._bounds)

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> "WindowTexts": ...
    def __getitem__(self, number: int | slice) -> "str | WindowTexts":
        if isinstance(number, slice):
            part = copy(self)
            part._bounds = self._bounds[number]
            return part
        first, last = self._bounds[number].tolist()
        text, tokens, edges = self._text, self._tokens, self._edges
        inside = edges[edges.searchsorted(first, side="right") : edges.searchsorted(last)].tolist()
        runs = zip([first, *inside], [*inside, last], strict=True)
        return " ".join(text[tokens.starts[a] : tokens.ends[b - 1]] for a, b in runs)


class WindowCutter:
    """Cuts documents into the windows of one reader."""

    def __init__(self, tokenizer: Tokenizer, max_seq_length: int, doc_stride: int, limit: int) -> None:
        """`limit`: tokens in the reader's longest sequence. Raises `DocqaError` if the settings don't fit it."""
        self._tokenizer = tokenizer
        self.size = window_size(max_seq_length, doc_stride, limit)
        """The most tokens in a window."""
        self.stride = doc_stride
        """Tokens by which windows overlap, approximately."""

    def cut(self, document: Document, monitor: Monitor) -> Windows:
        """Tokenize a document's body and cut it. Raises `Cancelled` from the monitor."""
        return self._split(tokenize(document, self._tokenizer, monitor))

    def cut_text(self, text: str, monitor: Monitor, tables: Sequence[Table] = ()) -> Windows:
        """The same for a passage of unknown origin, such as a pair's context: only blank lines and cells divide it.

        Its other line ends may be anything: in SQuAD, "O\n2" is oxygen.
        """
        edges = [edge for table in tables for edge in (table.start - 1, *(cell.end for cell in table.cells))]
        breaks = np.union1d(find_breaks(_BLANK_LINE, text), np.array(edges, dtype=np.int64))
        return self._split(_linearized(_tokenize(text, breaks, self._tokenizer, monitor), tables, self._tokenizer))

    def _split(self, tokens: Tokens) -> Windows:
        return Windows(tokens, split_windows(tokens, self.size, self.stride))


def window_size(max_seq_length: int, doc_stride: int, limit: int) -> int:
    """Document tokens in a window. Raises `DocqaError` if the settings don't fit each other or the model."""
    if max_seq_length > limit:
        raise DocqaError(
            f"max_seq_length is {max_seq_length}, but this reader takes at most {limit} tokens",
            f"set it to {limit} or less",
        )
    size = max_seq_length - QUESTION_BUDGET
    if size < _MIN_WINDOW:
        raise DocqaError(
            f"max_seq_length is {max_seq_length}, which leaves {max(0, size)} tokens for the document",
            f"set it to {QUESTION_BUDGET + _MIN_WINDOW} or more ({QUESTION_BUDGET} are reserved for the question)",
        )
    if not 0 <= doc_stride <= size // 2:
        raise DocqaError(
            f"doc_stride is {doc_stride}; windows of {size} tokens can overlap by 0 to {size // 2}",
            "lower doc_stride, or raise max_seq_length",
        )
    return size


def tokenize(document: Document, tokenizer: Tokenizer, monitor: Monitor) -> Tokens:
    """Tokenize a document's body, without special tokens. Tables are read row by row."""
    text = document.text[: document.body_end]
    return _linearized(_tokenize(text, document.breaks, tokenizer, monitor, document.name), document.tables, tokenizer)


def _linearized(tokens: Tokens, tables: Sequence[Table], tokenizer: Tokenizer) -> Tokens:
    """Tokens in their `linearized_order`, with blocks counted anew."""
    order = linearized_order(tokens.starts, tables)
    if order is None:
        return tokens
    ids, starts, ends, words, block = tokens.ids, tokens.starts, tokens.ends, tokens.words, tokens.blocks
    del tokens  # Each array is free once it is in order.
    marks = order < 0
    repeated = marks | (order <= np.maximum.accumulate(np.append(np.int32(-1), order[:-1])))
    ids = ids[order]
    for mark, text in ((COLON, ":"), (SEMICOLON, ";")):
        ids[order == mark] = tokenizer.encode(text, add_special_tokens=False).ids[-1]
    starts = starts[order]
    ends = ends[order]
    # A mark has no text: it stands at the end of what is before it.
    before = np.maximum.accumulate(np.where(marks, np.int32(0), np.arange(len(order), dtype=np.int32)))
    starts[marks] = ends[marks] = ends[before[marks]]
    del before
    words = words[order] & ~repeated
    block = block[order]
    block[repeated] = -1
    block[marks] = -2
    begins = (block[1:] != block[:-1]) | (repeated[1:] & (order[1:] != order[:-1] + 1))
    return Tokens(ids, starts, ends, words, np.append(np.int32(0), np.cumsum(begins, dtype=np.int32)))


def _tokenize(text: str, breaks: NDArray[np.int64], tokenizer: Tokenizer, monitor: Monitor, name: str = "") -> Tokens:
    # An array for each batch, joined one kind after the other: a text of 100 MB has 25 million tokens.
    ids: list[NDArray[np.int32]] = [np.empty(0, dtype=np.int32)]
    starts: list[NDArray[np.int32]] = [np.empty(0, dtype=np.int32)]
    ends: list[NDArray[np.int32]] = [np.empty(0, dtype=np.int32)]
    words: list[NDArray[np.bool_]] = [np.empty(0, dtype=bool)]
    pieces = list(_pieces(text))
    read = blank_marks(text)
    for first in range(0, len(pieces), _PIECES_AT_ONCE):
        monitor.update("tokenizing", name, first, len(pieces))
        batch = pieces[first : first + _PIECES_AT_ONCE]
        encodings = tokenizer.encode_batch([read[a:b] for a, b in batch], add_special_tokens=False)
        numbered = [(offset, encoding) for (offset, _), encoding in zip(batch, encodings, strict=True) if encoding.ids]
        if not numbered:
            continue
        ids.append(np.concatenate([np.array(encoding.ids, dtype=np.int32) for _, encoding in numbered]))
        spans = [np.array(encoding.offsets, dtype=np.int32) + np.int32(at) for at, encoding in numbered]
        starts.append(np.concatenate([span[:, 0] for span in spans]))
        ends.append(np.concatenate([span[:, 1] for span in spans]))
        words.append(np.concatenate([_word_starts(encoding.word_ids) for _, encoding in numbered]))
        del encodings, numbered  # Or there are two batches at a time.
    monitor.update("tokenizing", name, len(pieces), len(pieces))
    del read
    start, end, word = _joined(starts), _joined(ends), _joined(words)
    _extend_over_marks(text, start, end)
    _extend_over_exponents(text, end)
    _remove_inside(_UNBROKEN, text, pieces, start, word)
    block = np.empty(len(start), dtype=np.int32)
    for first in range(0, len(start), _TOKENS_AT_ONCE):
        part = slice(first, first + _TOKENS_AT_ONCE)
        block[part] = breaks.searchsorted(start[part])
    return Tokens(_joined(ids), start, end, word, block)


def _word_starts(words: Sequence[int | None]) -> NDArray[np.bool_]:
    """Which tokens begin a word, given the number of each token's word."""
    numbers = np.array(words, dtype=np.int32)
    return np.append(True, numbers[1:] != numbers[:-1])


def _joined(arrays: list[NDArray[_Number]]) -> NDArray[_Number]:
    """The arrays as one. The list is emptied."""
    joined = np.concatenate(arrays)
    arrays.clear()
    return joined


def split_windows(tokens: Tokens, size: int, stride: int) -> NDArray[np.int32]:
    """Cut tokens into windows of at most `size`, each overlapping the previous one by about `stride`.

    Returns token ranges of shape (windows, 2). Boundaries are at spaces, but not inside a table's row, else at the
    beginnings of words (in scripts without spaces), and inside a word only if it is longer than half a window.
    """
    count = len(tokens)
    if count == 0:
        return np.empty((0, 2), dtype=np.int32)
    spaced = np.append(True, tokens.starts[1:] != tokens.ends[:-1]) & ~_inside_rows(tokens)
    positions = np.arange(count, dtype=np.int32)
    last_space = np.maximum.accumulate(np.where(spaced, positions, np.int32(0)))
    last_word = np.maximum.accumulate(np.where(tokens.words, positions, np.int32(0)))

    def boundary(target: int, above: int) -> int:
        for candidate in (last_space[target], last_word[target]):
            if candidate > above:
                return int(candidate)
        return target

    bounds = []
    start = 0
    while True:
        target = start + size
        end = count if target >= count else boundary(target, start + size // 2)
        bounds.append((start, end))
        if end == count:
            return np.array(bounds, dtype=np.int32)
        start = boundary(end - stride, start) if stride else end


def _inside_rows(tokens: Tokens) -> NDArray[np.bool_]:
    """Which tokens are in a table's row after its first one: those around what is repeated, block by block."""
    marks, repeated = tokens.starts == tokens.ends, tokens.repeated
    first = np.flatnonzero(np.append(True, np.diff(tokens.blocks) != 0))
    after, before = np.append(False, repeated[first[1:] - 1]), np.append(marks[first[1:]], False)
    inside = np.repeat(repeated[first] | after | before, np.diff(np.append(first, len(marks))))
    inside[first] = after | marks[first]
    return inside


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text between paragraphs, or at spaces where there are none, into pieces of about `_PIECE` characters."""
    begin = 0
    last = 0
    for gap in _PARAGRAPH_BREAK.finditer(text):
        if gap.start() - begin > _PIECE and last > begin:
            yield from _at_spaces(text, begin, last)
            begin = last
        last = gap.end()
    if len(text) - begin > _PIECE and last > begin:
        yield from _at_spaces(text, begin, last)
        begin = last
    if begin < len(text):
        yield from _at_spaces(text, begin, len(text))


def _at_spaces(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    while end - begin > 2 * _PIECE:
        space = next((i for i in range(begin + _PIECE, end) if text[i].isspace()), end)
        yield begin, space
        begin = space
    if begin < end:
        yield begin, end


def _remove_inside(
    pattern: re.Pattern[str],
    text: str,
    pieces: list[tuple[int, int]],
    positions: NDArray[np.int32],
    marked: NDArray[np.bool_],
) -> None:
    """Unmark the positions, which ascend, that are inside a match of `pattern`. Matches end at their piece's end."""
    # Piece by piece: a search holds the GIL until it finds a match, which may be at the end of the text.
    edges = np.fromiter(
        (edge for a, b in pieces for match in pattern.finditer(text, a, b) for edge in match.span()), dtype=np.int32
    )
    for first, last in positions.searchsorted(edges).reshape(-1, 2).tolist():
        marked[first:last] = False


def _extend_over_marks(text: str, starts: NDArray[np.int32], ends: NDArray[np.int32]) -> None:
    """Extend each token's end over combining marks on its last letter: tokenizers that strip accents exclude them.

    Otherwise an answer that ends in "cafe\u0301" would lose its accent.
    """
    if text.isascii():
        return
    limits = np.append(starts[1:], len(text))
    for i in np.flatnonzero(limits > ends):
        end, limit = int(ends[i]), int(limits[i])
        while end < limit and (text[end] in _JOINERS or unicodedata.category(text[end])[0] == "M"):
            end += 1
        ends[i] = end


def _extend_over_exponents(text: str, ends: NDArray[np.int32]) -> None:
    """Extend the end of a token that has an exponent over it: "10⁶" is no answer without."""
    found = np.array(exponents(text), dtype=np.int32).reshape(-1, 2)
    if len(found):
        nearest = np.minimum(np.searchsorted(found[:, 0], ends), len(found) - 1)
        ends[:] = np.where(found[nearest, 0] == ends, found[nearest, 1], ends)
