"""Words found in a document: in all their forms, as they are, or by a regular expression (pure)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from docqa.answers import sentence_around
from docqa.documents import Document
from docqa.errors import DocqaError
from docqa.progress import Monitor

_Span = tuple[int, int]
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"""\s*["“”](?=[^"“”]*\w)([^"“”]*)["“”]\s*""")

_PART = 100_000
"""Characters that are taken apart at once: while a pattern is at work, nothing else of the program is."""
_SECONDS, _CHARACTERS_A_SECOND = 1.0, 10_000_000
"""What a regular expression may take in a document, and the longer it is the more."""


class TextMatch(NamedTuple):
    """A sentence, or row of a table, and what was found in it. Offsets in the document's text."""

    passage: _Span
    spans: tuple[_Span, ...]


def vocabulary(document: Document, monitor: Monitor | None = None) -> dict[str, str]:
    """The words of a document's body, with their stems. Raises `Cancelled`."""
    words: set[str] = set()
    at = 0
    while at < document.body_end:
        if monitor is not None:
            monitor.check()
        end = document.text.find(" ", at + _PART, document.body_end)
        end = document.body_end if end < 0 else end
        words.update(_WORD.findall(document.text, at, end))
        at = end
    return _stems(words)


class TextQuery:
    """What is looked for.

    Patterns are those of the module `regex`: it knows what Python's own does, can be told when to give up, and lets
    other threads run meanwhile.
    """

    def __init__(self, text: str, *, exact: bool = False, regex: bool = False, any_case: bool = False) -> None:
        """Sentences with all words of a text, in any form and order; or with the text itself, or what a regex matches.

        Words in quotation marks are an exact text. In one any white space may be between the words, and case matters
        only if it has a capital and not `any_case`; so it is with a regex. Raises `DocqaError` if there is nothing to
        look for, or the regex is none.
        """
        self.text = text
        self._pattern: Any = None
        self._stems = frozenset[str]()
        if not exact and not regex and (quoted := _QUOTED.fullmatch(text)):
            text, exact = quoted[1], True
        if exact or regex:
            source = text if regex else r"\s+".join(map(re.escape, text.split()))
            self._pattern = _compiled(text, source, any_case=any_case or not any(map(str.isupper, text)))
        else:
            self._stems = frozenset(_stems(_WORD.findall(text)).values())
            if not self._stems:
                raise DocqaError(f"{text!r} has no words", "--exact finds other characters")

    @property
    def by_words(self) -> bool:
        """Whether `matches` needs the document's vocabulary."""
        return self._pattern is None

    def matches(self, document: Document, stems: Mapping[str, str] | None = None) -> Iterator[TextMatch]:
        """Where a document's body has it, in the order of the text. Running heads would be found on every page.

        `stems` is the document's vocabulary, if that is known. Raises `DocqaError` if a regex takes too long.
        """
        if not self.by_words:
            yield from _by_sentence(document, self._found(document, self._pattern))
            return
        stems = vocabulary(document) if stems is None else stems
        forms = {word: stem for word, stem in stems.items() if stem in self._stems}
        if not self._stems <= set(forms.values()):
            return
        # The longest first: of alternatives, a pattern takes the first.
        ordered = sorted(forms, key=len, reverse=True)
        pattern = _regex().compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)")
        for found in _by_sentence(document, self._found(document, pattern)):
            if self._stems <= {forms[document.text[slice(*span)]] for span in found.spans}:
                yield found

    def _found(self, document: Document, pattern: Any) -> Iterator[_Span]:
        longest = _SECONDS + document.body_end / _CHARACTERS_A_SECOND
        try:
            for match in pattern.finditer(document.text, 0, document.body_end, concurrent=True, timeout=longest):
                yield match.span()
        except TimeoutError as error:
            raise DocqaError(f"{self.text!r} takes too long", "look for something simpler") from error


def _compiled(text: str, source: str, *, any_case: bool) -> Any:
    regex = _regex()
    try:
        pattern = regex.compile(source, regex.IGNORECASE if any_case else 0)
        everything = not source or pattern.match("", timeout=_SECONDS)
    except (regex.error, OverflowError, RecursionError, TimeoutError) as error:
        raise DocqaError(f"{text!r} is no regular expression: {error}", "leave out --regex") from error
    if everything:
        raise DocqaError(f"{text!r} matches everything", "look for at least one character")
    return pattern


def _regex() -> Any:
    import regex  # Takes as long to import as all that `docqa find` needs besides.

    return regex


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
