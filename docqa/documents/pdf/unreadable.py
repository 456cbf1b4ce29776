"""Recognizes pages whose text layer is not what the page shows (pure).

A viewer draws glyphs; which letters they are, a file says in a table of its own ("ToUnicode"), or by the name of the
encoding. If it says nothing, or something wrong, the text is "WKH URPDQV" where the page shows "the romans".
"""

import re
import unicodedata
from collections import Counter
from itertools import chain
from operator import itemgetter

# The 200 most common pairs of the letters a to z, without accents: in the translations of Linux programs into 79
# languages and variants in Latin script (seven large ones count four times), and in English documents (a sixth of
# the whole). They are 68% (Welsh) to 95% of the pairs of each of these languages, at least 49% of those of every page
# of prose, tables and code that was measured, but 29% of a text with its letters exchanged at random (95th percentile:
# 46%).
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
_A_TO_Z = "abcdefghijklmnopqrstuvwxyz"
# By their two bytes as one number: no string is made of a pair.
_NEITHER, _RARE, _COMMON = range(3)
_PAIRS = bytearray([_NEITHER]) * 0x10000
for _pair in (a + b for a in _A_TO_Z for b in _A_TO_Z):
    _PAIRS[memoryview(_pair.encode()).cast("H")[0]] = _COMMON if _pair in _COMMON_PAIRS else _RARE

_SAMPLES, _SAMPLE_LENGTH = 4, 60

_MIN_CHARACTERS = 20
_LETTER, _ACCENTED = re.compile(r"[^\W\d_]"), re.compile("[\xc0-\xff]")
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd]")
_ODD = re.compile("[\xc0-\xff\ue000-\uf8ff\ufffd]")
_WORD = re.compile(r"[^\W\d_]+")
_CASE_WITHIN_WORD = re.compile(r"[a-z][A-Z]")

# The most common syllables are a third of any Korean text.
_COMMON_HANGUL = frozenset("이다는의에가을고하지로도리사기인어한은")


def is_garbled(text: str, unmapped: float) -> bool:
    """Whether nobody can read a text: its letters are not those of a language.

    `unmapped` is the share of its characters for which the file names no Unicode character.

    Where the file names the characters, only text that looks like a language with its letters exchanged is garbled:
    tables, code, key material and names in an unknown language are not. Where it doesn't, any improbable text is.
    """
    sample = _samples(text)
    few_odd = sample.isascii() or len(_ODD.findall(sample)) < 0.2 * len(sample)
    if unmapped < 0.5 and few_odd and _common_share(sample) > 0.6:
        return False  # Nearly every page.
    visible = "".join(text.split())
    if len(visible) < _MIN_CHARACTERS:
        return False
    if len(_PRIVATE.findall(visible)) > 0.5 * len(visible) or _accented_share(visible) > 0.5:
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
    lowered = text.lower().encode("ascii", "replace")
    even, odd = (memoryview(part[: len(part) // 2 * 2]).cast("H") for part in (lowered, lowered[1:]))
    found = itemgetter(*chain((0, 0), even, odd))(_PAIRS)  # All at once. Of one index alone, it would be no tuple.
    common = found.count(_COMMON)
    known = common + found.count(_RARE)
    return common / known if known >= max(1, at_least) else 1.0


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
    different = set(words)
    if len(words) < 40 or len(different) < 20 or _common_share(" ".join(different), at_least=60) > 0.4:
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
