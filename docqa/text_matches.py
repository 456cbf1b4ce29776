"""Words found in a document: in all their forms, as they are, or by a regular expression (pure)."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from docqa.answers import sentence_around
from docqa.documents import Document
from docqa.errors import DocqaError

_Span = tuple[int, int]
_WORD = re.compile(r"\w+")


class TextMatch(NamedTuple):
    """A sentence, or row of a table, and what was found in it. Offsets in the document's text."""

    passage: _Span
    spans: tuple[_Span, ...]


class TextQuery:
    """What is looked for."""

    def __init__(self, text: str, *, exact: bool = False, regex: bool = False) -> None:
        """Sentences with all words of a text, in any form and order; or with the text itself, or what a regex matches.

        In an exact text any white space may be between the words, and case matters only if it has a capital; so it is
        with a regex. Raises `DocqaError` if there is nothing to look for, or the regex is none.
        """
        self._pattern: re.Pattern[str] | None = None
        self._stems = frozenset[str]()
        if exact or regex:
            source = text if regex else r"\s+".join(map(re.escape, text.split()))
            try:
                self._pattern = re.compile(source, re.NOFLAG if any(map(str.isupper, text)) else re.IGNORECASE)
            except (re.error, OverflowError, RecursionError) as error:
                raise DocqaError(f"{text!r} is no regular expression: {error}", "leave out --regex") from error
            if not source or self._pattern.match(""):
                raise DocqaError(f"{text!r} matches everything", "look for at least one character")
        else:
            self._stems = frozenset(_stems(_WORD.findall(text)).values())
            if not self._stems:
                raise DocqaError(f"{text!r} has no words", "--exact finds other characters")

    def matches(self, document: Document) -> Iterator[TextMatch]:
        """Where a document's body has it, in the order of the text. Running heads would be found on every page."""
        text, end = document.text, document.body_end
        if self._pattern is not None:
            yield from _by_sentence(document, (match.span() for match in self._pattern.finditer(text, 0, end)))
            return
        stems = _stems(set(_WORD.findall(text, 0, end)))
        forms = {word: stem for word, stem in stems.items() if stem in self._stems}
        if not self._stems <= set(forms.values()):
            return
        # The longest first: of alternatives, a pattern takes the first.
        ordered = sorted(forms, key=len, reverse=True)
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)")
        for found in _by_sentence(document, (match.span() for match in pattern.finditer(text, 0, end))):
            if self._stems <= {forms[text[slice(*span)]] for span in found.spans}:
                yield found


def _by_sentence(document: Document, spans: Iterable[_Span]) -> Iterator[TextMatch]:
    """Spans in ascending order, those in one sentence together. An empty one is none."""
    passage: _Span = (0, 0)
    inside: list[_Span] = []
    for start, end in spans:
        if start == end:
            continue
        if inside and end <= passage[1]:
            inside.append((start, end))
            continue
        if inside:
            yield TextMatch(passage, tuple(inside))
        passage, inside = sentence_around(document, start, end), [(start, end)]
    if inside:
        yield TextMatch(passage, tuple(inside))


def _stems(words: Iterable[str]) -> dict[str, str]:
    """The stem of each word."""
    import Stemmer

    given = list(words)
    stemmed = Stemmer.Stemmer("english").stemWords([word.casefold() for word in given])
    return dict(zip(given, stemmed, strict=True))
