"""The words of a document, whole: joined over the ends of lines, and without spaces inside (pure)."""

from collections.abc import Iterable
from functools import cached_property

from docqa.documents.pdf.hyphens import join
from docqa.documents.pdf.split_words import repair, suspects
from docqa.documents.pdf.vocabulary import Vocabulary


class Words:
    """Makes the words of a document's lines whole, by all the words that it has."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """`vocabulary`: of all its lines."""
        self._vocabulary = vocabulary

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Words":
        """The words of these lines, in any order."""
        return cls(Vocabulary(list(lines)))

    def join(self, before: str, after: str, hyphen: bool) -> tuple[str, str]:
        """The text of a line that the next one continues, and what comes between the two: "" or a space.

        `hyphen`: whether the line ended in a hyphen that `before` no longer has.
        """
        return join(self._vocabulary, before, after, hyphen)

    def repair(self, text: str) -> str:
        """The text of a line without spaces inside words. Most lines are returned at once."""
        suspect = self._suspects
        return repair(text, suspect, self._vocabulary) if suspect else text

    @cached_property
    def _suspects(self) -> frozenset[str]:
        return suspects(self._vocabulary)
