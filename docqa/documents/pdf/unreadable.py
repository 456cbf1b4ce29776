"""Recognizes pages whose text layer is not what the page shows (pure).

A viewer draws glyphs; which letters they are, a file says in a table of its own ("ToUnicode"), or by the name of the
encoding. If it says nothing, or something wrong, the text is "WKH URPDQV" where the page shows "the romans".
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import add
from typing import Literal

from docqa.documents.pdf.engines import TextQuality
from docqa.errors import DocqaError

PageFault = Literal["", "blank", "picture", "garbled", "incomplete"]
"""What is wrong with the text of a page: nothing is drawn on it; something is, but no text; the text is not that of
the page; letters are missing."""

# The 200 most common pairs of the letters a to z, without accents, in the translations of Linux programs into 87
# languages in Latin script, each weighted alike, and in English documents, as much as a fifth of them. They are 68%
# (Welsh) to 95% of the pairs of each of these languages, 29% of a text with its letters exchanged at random
# (95th percentile: 46%), and at least 49% of every page of prose, tables and code of the documents measured.
_COMMON_PAIRS = frozenset(
    """
    aa ab ac ad ag ah ai ak al am an ao ap ar as at au av ay az ba be bi bl bo br bu ca ce ch ci co ct cu da de di
    do du ea ec ed ee ef eg ei ek el em en ep er es et ev ex ey ez fa fe fi fo ga ge gi go gr gu ha he hi ho hu ia
    ib ic id ie if ig ik il im in io ip ir is it iv iz ja je ka ke ki ko ku la le li ll lo lt lu ma mb me mi mo mp
    mu na nc nd ne ng ni nn no ns nt nu ny ob oc od of og ok ol om on oo op or os ot ou ov pa pe pi pl po pr pu qu
    ra rd re ri rm ro rr rs rt ru sa sc se sh si sk so sp ss st su sy ta te th ti to tr ts tt tu ua ub ue ui ul um
    un ur us ut va ve vi vo wa we wi ya za ze zi
    """.split()  # noqa: SIM905 - a list of 200 strings would fill two pages
)
_PAIRS = {a + b: a + b in _COMMON_PAIRS for a in map(chr, range(97, 123)) for b in map(chr, range(97, 123))}

_SAMPLES, _SAMPLE_LENGTH = 4, 60

_MIN_CHARACTERS = 20
_VISIBLE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f]")
_LETTER, _ACCENTED = re.compile(r"[^\W\d_]"), re.compile("[\xc0-\xff]")
_WORD = re.compile(r"[^\W\d_]+")
_CASE_WITHIN_WORD = re.compile(r"[a-z][A-Z]")

# The most common syllables are a third of any Korean text.
_COMMON_HANGUL = frozenset("이다는의에가을고하지로도리사기인어한은")


def page_fault(text: str, quality: TextQuality) -> PageFault:
    """What is wrong with a page's text, as the engine returned it."""
    if not _VISIBLE.search(text):
        return "blank" if quality.is_blank else "incomplete" if quality.loses_letters else "picture"
    if is_garbled(text, quality.unmapped):
        return "garbled"
    return "incomplete" if quality.loses_letters else ""


def is_garbled(text: str, unmapped: float) -> bool:
    """Whether nobody can read a text: its letters are not those of a language.

    `unmapped` is the share of its characters for which the file names no Unicode character.

    Where the file names the characters, only text that looks like a language with its letters exchanged is garbled:
    tables, code, key material and names in an unknown language are not. Where it doesn't, any improbable text is.
    """
    sample = _samples(text)
    if unmapped < 0.5 and _common_share(sample) > 0.6 and len(_ACCENTED.findall(sample)) < 0.2 * len(sample):
        return False  # Nearly every page.
    visible = "".join(text.split())
    if len(visible) < _MIN_CHARACTERS:
        return False
    if _private_share(visible) > 0.5 or _accented_share(visible) > 0.5:
        return True
    if unmapped < 0.5:
        return _is_exchanged(text)
    controls = sum(character < " " or "\x7f" <= character < "\xa0" for character in visible)
    return controls > 0.05 * len(visible) or _mixes_scripts(text) or _is_improbable(text)


def _samples(text: str) -> str:
    """Parts of a long text, evenly spaced."""
    if len(text) <= 2 * _SAMPLES * _SAMPLE_LENGTH:
        return text
    step = len(text) // _SAMPLES
    return " ".join(text[start : start + _SAMPLE_LENGTH] for start in range(0, len(text) - _SAMPLE_LENGTH, step))


def _common_share(text: str, at_least: int = 1) -> float:
    """The share of common pairs among the pairs of the letters a to z, 1 if there are fewer than `at_least`."""
    lowered = text.lower()
    found = Counter(map(_PAIRS.get, map(add, lowered, lowered[1:])))
    known = found[True] + found[False]
    return found[True] / known if known >= max(1, at_least) else 1.0


def _private_share(visible: str) -> float:
    """Share of private-use and replacement characters."""
    return sum("\ue000" <= character <= "\uf8ff" or character == "\ufffd" for character in visible) / len(visible)


def _accented_share(text: str) -> float:
    """Share of Latin-1's accented letters among all letters: a text in Cyrillic is "Ïðèâåò" by the wrong encoding."""
    if text.isascii():
        return 0.0
    letters = len(_LETTER.findall(text))
    return len(_ACCENTED.findall(text)) / letters if letters >= 60 else 0.0


def _is_exchanged(text: str) -> bool:
    """Whether a text has the words of a language, but with other letters.

    It has short words and recurring ones, as every language does, and no capitals within words, as keys in base64 do.
    """
    words = [word for word in _WORD.findall(text) if word.isascii()]
    if len(words) < 40 or _common_share(text, at_least=150) > 0.4:
        return False
    lengths = Counter(min(len(word), 4) for word in words)
    short = (lengths[2] + lengths[3]) / len(words)
    recurring = sum(count for _, count in Counter(word for word in words if len(word) > 1).most_common(5))
    capitals = sum(bool(_CASE_WITHIN_WORD.search(word)) for word in words)
    letters = set("".join(words).lower())
    return (
        0.15 < short < 0.75
        and recurring > 0.08 * len(words)
        and capitals < 0.1 * len(words)
        and len(letters) > 14
        and max(map(len, words)) < 40
    )


def _is_improbable(text: str) -> bool:
    hangul = [character for character in text if "\uac00" <= character <= "\ud7a3"]
    if len(hangul) > _MIN_CHARACTERS and sum(map(_COMMON_HANGUL.__contains__, hangul)) < 0.05 * len(hangul):
        return True
    letters = _LETTER.findall(text)
    latin = sum(map(str.isascii, letters))
    return latin > 0.5 * len(letters) and _common_share(text, at_least=25) < 0.45


def _mixes_scripts(text: str) -> bool:
    """Whether most words have letters of several scripts."""
    words = [word for word in _WORD.findall(text) if len(word) > 1]
    mixed = sum(len(set(map(_script, word))) > 1 for word in words)
    return len(words) > 5 and mixed > 0.5 * len(words)


def _script(letter: str) -> str:
    """The script of a letter; Chinese, Japanese and Korean are one, since they are mixed within words."""
    name = unicodedata.name(letter, "?").split()[0]
    return "CJK" if name in {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "IDEOGRAPHIC"} else name


# Messages -----------------------------------------------------------------------------------------

_SCAN_HINT = "it may be a scan; run it through OCR first, for example `ocrmypdf in.pdf out.pdf`"
_FORCE_HINT = "run it through OCR, for example `ocrmypdf --force-ocr in.pdf out.pdf`"
_OTHER_LETTERS = "the file names other letters than it shows"


class PageFaults:
    """What is wrong with the pages of a document, in words. Pages count from 1."""

    def __init__(self, faults: Sequence[PageFault]) -> None:
        self._count = len(faults)
        pages: dict[PageFault, list[int]] = defaultdict(list)
        for page, fault in enumerate(faults, 1):
            pages[fault].append(page)
        self.garbled = frozenset(pages["garbled"])
        self._pages = pages

    @property
    def all_unread(self) -> bool:
        """Whether no page can be read."""
        return not self._pages[""] and not self._pages["incomplete"]

    def as_error(self, name: str) -> DocqaError:
        """Why nothing in the document of this name can be read."""
        if self.garbled:
            return DocqaError(f"the text of {name} can't be read: {_OTHER_LETTERS}", _FORCE_HINT)
        where = "its only page" if self._count == 1 else f"any of its {self._count:,} pages"
        if not self._pages["picture"] and not self._pages["incomplete"]:
            return DocqaError(
                f"{name} has nothing on {where}", "it is blank or damaged: open and save it again in a PDF viewer"
            )
        return DocqaError(f"{name} has no text layer on {where}", _SCAN_HINT)

    def warnings(self) -> Iterator[str]:
        """What the user should know about a document of which some pages can be read. Blank pages are as they are."""
        garbled, incomplete, pictures = (self._pages[fault] for fault in ("garbled", "incomplete", "picture"))
        if garbled:
            yield f"the text of {page_ranges(garbled)} can't be read: {_OTHER_LETTERS}; {_FORCE_HINT}"
        if incomplete:
            yield f"letters are missing from the text of {page_ranges(incomplete)}; {_FORCE_HINT}"
        if pictures:
            verb = "has" if len(pictures) == 1 else "have"
            hint = f"; {_SCAN_HINT}" if len(pictures) > self._count // 4 else ""
            yield f"{page_ranges(pictures)} {verb} no text{hint}"


def page_ranges(pages: Sequence[int]) -> str:
    """Ascending pages in words: "page 3", "pages 3, 7–9"."""
    runs = [
        [page for _, page in run]
        for _, run in groupby(enumerate(pages), key=lambda numbered: numbered[1] - numbered[0])
    ]
    parts = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    if len(parts) > 5:
        parts = [*parts[:4], "…", parts[-1]]
    return f"{'page' if len(pages) == 1 else 'pages'} {', '.join(parts)}"
