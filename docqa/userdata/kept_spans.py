"""What is stored with a span that the user marked, so that it is found again: the text around it (pure)."""

import os
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from docqa.errors import DocqaError

if TYPE_CHECKING:
    from docqa.documents import Document

_BLOCK = 1600
"""Characters of the document that are stored with a span: about one window. All spans use the same blocks, because
overlapping contexts would count as different ones, and training and test would share their text."""

_FINAL = " ?!.,;:…？！。"


class KeptSpan(Protocol):
    """A span that is stored: `context[answer_start:][:len(answer)]`, of a question about a document.

    `document` is an absolute path, `sha256` that of the file's bytes, "" if it isn't known.
    """

    @property
    def question(self) -> str: ...
    @property
    def document(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def context(self) -> str: ...
    @property
    def answer(self) -> str | None: ...
    @property
    def answer_start(self) -> int | None: ...


def question_key(question: str) -> str:
    """What questions in the same words have in common: their case, spaces and final punctuation don't count."""
    words = " ".join(unicodedata.normalize("NFC", question).casefold().split())
    return words.rstrip(_FINAL) or words


def absolute(name: str) -> str:
    """A document's path, as it is stored."""
    return os.path.abspath(name)  # noqa: PTH100 - resolve() would follow links


def overlap(one: KeptSpan, other: KeptSpan) -> bool:
    """Whether two spans of the same document share words; spans in different blocks don't."""
    if not same_document(one, other) or one.context != other.context or one.answer is None or other.answer is None:
        return False
    first, second = one.answer_start or 0, other.answer_start or 0
    return first < second + len(other.answer) and second < first + len(one.answer)


def same_answer(new: KeptSpan, old: KeptSpan, text: str) -> bool:
    """Whether an older span is the same as a new one of a document with this text, or was in an earlier version."""
    if (
        not same_document(new, old)
        or new.answer != old.answer
        or question_key(new.question) != question_key(old.question)
    ):
        return False
    if new.context == old.context:
        return new.answer_start == old.answer_start
    return old.context not in text


def same_document(one: KeptSpan, other: KeptSpan, paths: Iterable[str] = ()) -> bool:
    """Whether both are about the same document by path or content, or the second about one of `paths`."""
    return other.document in {one.document, *paths} or bool(one.sha256 and one.sha256 == other.sha256)


def surroundings(document: "Document", start: int, end: int) -> tuple[int, int]:
    """Return the bounds of the blocks that contain a span. Raises `DocqaError` if the document is encrypted."""
    if document.encrypted:
        raise DocqaError(
            f"{document.name} is encrypted: none of its text is stored on disk",
            "to mark its answers for later, or to train on it, open a copy without a password",
        )
    bounds = _block_bounds(document)
    last = len(bounds) - 1
    return bounds[min(bisect_right(bounds, start), last) - 1], bounds[
        min(bisect_left(bounds, max(end, start + 1)), last)
    ]


def _block_bounds(document: "Document") -> list[int]:
    """Return where blocks begin: at 0, at the first line after each `_BLOCK` characters; and the end of the body."""
    text, bounds = document.text, [0]
    while bounds[-1] < document.body_end:
        line_end = text.find("\n", bounds[-1] + _BLOCK, document.body_end)
        bounds.append(document.body_end if line_end < 0 else line_end + 1)
    return bounds if len(bounds) > 1 else [0, document.body_end]
