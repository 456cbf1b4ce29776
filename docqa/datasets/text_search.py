"""Finding an answer's words in a text: where exactly, and where but for spelling (pure)."""

import re
import unicodedata
from array import array
from functools import cached_property

_WORD = re.compile(r"\w+")
_NEIGHBOURHOOD = 200  # Characters on each side of an occurrence that are compared with the question.
_COMPARED = 2_000  # Occurrences that are compared: an answer that stands in more places is no better for it.
# Scripts that put no spaces between words, and Korean, which writes particles on them: any letter may begin one.
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


Span = tuple[int, int]  # From one offset to before another.


class SearchableText:
    """A context that answers are looked for in; what the searches share is made once."""

    def __init__(self, text: str) -> None:
        self.text = text

    def whole(self, answer: str) -> list[Span]:
        """Every span with exactly these characters that breaks no word."""
        return [span for span in self.anywhere(answer) if self._breaks_no_word(*span)]

    def anywhere(self, answer: str) -> list[Span]:
        """Every span with exactly these characters, inside of words too."""
        text, found = self.text, []
        start = text.find(answer)
        while start >= 0:
            found.append((start, start + len(answer)))
            start = text.find(answer, start + 1)
        return found

    def alike(self, answer: str) -> list[Span]:
        """Every span that has the answer's words in other characters.

        What may differ: case, white space and line breaks, composed or decomposed accents, ligatures, the kind of
        quotes and dashes, a hyphen at the end of a line. Spans break no word.
        """
        wanted = _fold(answer)[0]
        spans: dict[Span, None] = {}
        for folded, starts in self._folded if wanted else ():
            at = folded.find(wanted)
            while at >= 0:
                end = at + len(wanted)
                span = (starts[at], starts[end - 1] + 1)
                # A character of the text may be several here (ﬁ, é): a span takes it whole, its marks included.
                while span[1] < len(self.text) and unicodedata.combining(self.text[span[1]]):
                    span = (span[0], span[1] + 1)
                if self._breaks_no_word(*span):
                    spans[span] = None
                at = folded.find(wanted, at + 1)
        return sorted(spans)

    def likeliest(self, spans: list[Span], question: str) -> Span:
        """The span whose neighbourhood shares most words with the question; the first of equals."""
        asked = _words(question)

        def shared(span: Span) -> int:
            start, end = span
            around = self.text[max(0, start - _NEIGHBOURHOOD) : start] + " " + self.text[end : end + _NEIGHBOURHOOD]
            return len(asked & _words(around))

        return max(spans[:_COMPARED], key=shared)

    def _breaks_no_word(self, start: int, end: int) -> bool:
        return not (_in_word(self.text[max(0, start - 1) : start + 1]) or _in_word(self.text[end - 1 : end + 1]))

    @cached_property
    def _folded(self) -> "list[tuple[str, array[int]]]":
        """The text folded with hyphens at line ends kept ("long-\\nterm"), and without ("infor-\\nmation")."""
        versions = [_fold(self.text, "-")]
        if _LINE_END_HYPHEN.search(self.text):
            versions.append(_fold(self.text, ""))
        return versions


def _fold(text: str, line_end_hyphen: str = "-") -> "tuple[str, array[int]]":
    """Reduce a text to what the eye reads in it, and tell for each character which one of the text it comes from."""
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


def _in_word(two: str) -> bool:
    """Whether a word goes on between two characters."""
    return len(two) == 2 and two.isalnum() and not _UNSPACED.search(two)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
