"""Find an answer in a text: verbatim, or with differences in spelling and white space (pure)."""

import re
import unicodedata
from array import array
from functools import cached_property

_WORD = re.compile(r"\w+")
_NEIGHBOURHOOD = 200  # Characters on each side of an occurrence that are compared with the question.
_MAX_COMPARED = 2_000  # Occurrences that are compared with the question.
# Scripts without spaces between words, and Korean, which attaches particles: a word may begin at any letter.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ufaff\U00020000-\U0003ffff]")
_LINE_END_HYPHEN = re.compile(r"[-‐\u00ad][^\S\n]*\n\s*")
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "\u00ad": None,
        "\u200b": None,
    }
)


Span = tuple[int, int]
"""The offsets of the first character and after the last."""


class SearchableText:
    """A text to search for answers. Its folded form is computed once."""

    def __init__(self, text: str) -> None:
        self.text = text

    def whole(self, answer: str) -> list[Span]:
        """Return the verbatim occurrences that begin and end at word boundaries."""
        return [span for span in self.anywhere(answer) if self._is_at_word_boundaries(*span)]

    def anywhere(self, answer: str) -> list[Span]:
        """Return the verbatim occurrences, including those inside of words."""
        text, found = self.text, []
        start = text.find(answer)
        while start >= 0:
            found.append((start, start + len(answer)))
            start = text.find(answer, start + 1)
        return found

    def normalized(self, answer: str) -> list[Span]:
        """Return the occurrences that may differ in spelling and begin and end at word boundaries.

        They may differ in case, white space and line breaks, composed or decomposed accents, ligatures, kinds of
        quotes and dashes, and hyphens at line ends.
        """
        folded_answer = _fold(answer)[0]
        spans: dict[Span, None] = {}
        for folded, starts in self._folded if folded_answer else ():
            at = folded.find(folded_answer)
            while at >= 0:
                end = at + len(folded_answer)
                span = (starts[at], starts[end - 1] + 1)
                # One character of the text may be several here (ﬁ, é): the span includes all of it, with its marks.
                while span[1] < len(self.text) and unicodedata.combining(self.text[span[1]]):
                    span = (span[0], span[1] + 1)
                if self._is_at_word_boundaries(*span):
                    spans[span] = None
                at = folded.find(folded_answer, at + 1)
        return sorted(spans)

    def likeliest(self, spans: list[Span], question: str) -> Span:
        """Return the span whose neighbourhood shares most words with the question, the first of equals."""
        question_words = _words(question)

        def shared(span: Span) -> int:
            start, end = span
            around = self.text[max(0, start - _NEIGHBOURHOOD) : start] + " " + self.text[end : end + _NEIGHBOURHOOD]
            return len(question_words & _words(around))

        return max(spans[:_MAX_COMPARED], key=shared)

    def _is_at_word_boundaries(self, start: int, end: int) -> bool:
        text = self.text
        return not (_inside_word(text[max(0, start - 1) : start + 1]) or _inside_word(text[end - 1 : end + 1]))

    @cached_property
    def _folded(self) -> "list[tuple[str, array[int]]]":
        """The text folded with hyphens at line ends kept ("long-\\nterm"), and removed ("infor-\\nmation")."""
        versions = [_fold(self.text, "-")]
        if _LINE_END_HYPHEN.search(self.text):
            versions.append(_fold(self.text, ""))
        return versions


def _fold(text: str, line_end_hyphen: str = "-") -> "tuple[str, array[int]]":
    """Normalize case, white space, accents, ligatures, quotes and dashes.

    Returns the folded text, and for each of its characters the offset in `text` that it comes from.
    """
    hyphens = {found.start(): found.end() for found in _LINE_END_HYPHEN.finditer(text)}
    characters: list[str] = []
    starts = array("q")
    skip = 0
    for i, character in enumerate(text):
        if i < skip:
            continue
        if i in hyphens:
            skip = hyphens[i]
            plain = line_end_hyphen
        elif character.isspace():
            plain = " " if characters and characters[-1] != " " else ""
        elif character.isascii():
            plain = character.lower()
        else:
            plain = unicodedata.normalize("NFKD", character).casefold().translate(_PLAIN)
        characters.extend(plain)
        starts.extend([i] * len(plain))
    while characters and characters[-1] == " ":
        characters.pop()
        starts.pop()
    return "".join(characters), starts


def _inside_word(characters: str) -> bool:
    """Return whether two adjacent characters belong to the same word."""
    return len(characters) == 2 and characters.isalnum() and not _UNSPACED.search(characters)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
