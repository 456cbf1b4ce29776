"""The encoding of a text file: UTF-8 or what its byte order mark says, else the legacy encoding that reads best.

A legacy file says nowhere what its bytes mean. Every candidate encoding is tried on the words with bytes above 127 and
judged as a reader would: letters that one language uses together cost nothing, a letter from elsewhere a little, a
capital or a symbol inside a word, two alphabets in one word, or a byte without meaning a lot. It is the "composite
approach" of Li and Momoi (2001), "A composite approach to language/encoding detection", with letters in place of
statistics: short texts with a few names have none. Where two read equally well, the more common encoding is taken.
"""

import codecs
import re
import unicodedata
from functools import cache
from typing import NamedTuple

from docqa.documents.signatures import kind_of
from docqa.documents.source import Source
from docqa.errors import DocqaError
from docqa.wording import counted

# The longer marks first: UTF-32's begins with UTF-16's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BAD_BYTE = re.compile("[\udc80-\udcff]")  # As the error handler "surrogateescape" leaves it.
_CONTROLS = bytes({*range(0x01, 0x20), 0x7F} - set(b"\b\t\n\v\f\r\x1a\x1b"))
_CONTROLS_IN_TEXT = 0.05
"""Share of control characters from which on a file is no text."""
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_CONTEXT = 20  # Bytes of a word before the first one that is judged.
_SAMPLE = 4_000
"""Bytes of words that are judged, taken from the whole file: every candidate reads each of them."""
_REFUSED = 1
"""Mean cost from which on no reading is one. Real texts in 33 languages cost up to 0.5, noise costs more than 1."""
_STRAY = 0.05
"""Share of bytes above 127 up to which they are stray bytes in UTF-8 if no reading is one; else the file is no text."""

# The letters that a language has besides a to z; of other alphabets all letters, the most frequent first.
_WESTERN = "äöüß àâæçèéêëîïôœùûü áéíñóúü àáâãçéêíóôõú àèéìòù åäöé æøåéó ëïéèóöü àçèéíïòóúü"
_ICELANDIC = "áðéíóúýþæö"
_CENTRAL = "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű čćđšž ăâîşţ äöüß"
_BALTIC = "ąčęėįšųūž āčēģīķļņšūž äõöüšž"
_TURKISH = "çğıöşüâîi̇"
_CYRILLIC = (
    "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё оаинвтеірслкдмупязбьгйчхжшюцєїщфґ аоеитнрвсдлпкмзябугчщцъжйшхюфь "
    "аоиенрстјувкдмпљзгбњчжцћшхђфџ"
)
_GREEK = "ατοιεσνηυρπκμλςωδάίγόέχθφβύήξώζψϊϋΐΰ"
_HEBREW = "יוהלארתשמבנםחדקעפטכןסגזךץףצ"
_ARABIC = "اليمنوترهبسدعكفةحقشجطىصخأضذئغؤزثءظآإپچژگ"
_THAI = "านรกอเงมยลวดตทสปะพคแขไจบหใชถผซธภศโฉฟญษณฐฮฤฆฎฏฝฑฬฒฌฅฯๆำๅฃ"


class _Candidate(NamedTuple):
    """An encoding, the letters of the languages written in it, and what each character of it costs beforehand."""

    encoding: str
    languages: tuple[str, ...] = ()
    cost: float = 0


def _letters(*languages: str) -> tuple[str, ...]:
    return tuple(" ".join(languages).split())


# The first of those that read equally well is taken.
_CANDIDATES = (
    _Candidate("cp1252", _letters(_WESTERN, _ICELANDIC)),
    _Candidate("iso-8859-15", _letters(_WESTERN), 0.05),
    _Candidate("cp1250", _letters(_CENTRAL), 0.05),
    _Candidate("cp1251", _letters(_CYRILLIC)),
    _Candidate("iso-8859-2", _letters(_CENTRAL), 0.1),
    _Candidate("cp1254", _letters(_TURKISH), 0.05),
    _Candidate("cp1257", _letters(_BALTIC), 0.1),
    _Candidate("cp1253", _letters(_GREEK)),
    _Candidate("iso-8859-7", _letters(_GREEK), 0.05),
    _Candidate("koi8-u", _letters(_CYRILLIC), 0.05),
    _Candidate("cp866", _letters(_CYRILLIC), 0.1),
    _Candidate("iso-8859-5", _letters(_CYRILLIC), 0.1),
    _Candidate("mac-cyrillic", _letters(_CYRILLIC), 0.1),
    _Candidate("cp1255", _letters(_HEBREW)),
    _Candidate("cp1256", _letters(_ARABIC)),
    _Candidate("iso-8859-6", _letters(_ARABIC), 0.05),
    _Candidate("cp874", _letters(_THAI), 0.1),
    _Candidate("cp850", _letters(_WESTERN), 0.15),
    _Candidate("cp852", _letters(_CENTRAL), 0.2),
    _Candidate("mac-roman", _letters(_WESTERN), 0.15),
    _Candidate("cp949", cost=0.3),
    _Candidate("gb18030", cost=0.3),
    _Candidate("cp932", cost=0.3),
    _Candidate("euc_jp", cost=0.3),
    _Candidate("big5", cost=0.3),
)
# In the multi-byte encodings, the first bytes of the characters that most texts consist of, by the standards' own
# levels; and what these characters cost.
_USUAL = {
    "cp949": ((0xA1, 0xA3, 0.0), (0xB0, 0xC8, 0.0)),
    "gb18030": ((0xA1, 0xA3, 0.0), (0xB0, 0xD7, 0.0)),
    "cp932": ((0x81, 0x83, 0.0), (0x88, 0x97, 0.1)),
    "euc_jp": ((0xA1, 0xA5, 0.0), (0xB0, 0xCF, 0.1)),
    "big5": ((0xA1, 0xA3, 0.0), (0xA4, 0xC6, 0.1)),
}
_IN_WORDS = "’‘'\u00ad-–—"
_MARKS = frozenset("“”„‚‘’‹›«»–—…•·€£¥§°©®™¿¡½¼¾±×¹²³¶†‡‰\u00a0\u00ad、。，．「」（）：；？！")
_SIGNS = "ªºµ"  # Letters, in Unicode.
_WORDS_OF_ONE_LETTER = frozenset("àèéòóíúÀÈÉÒÓÍÚåöÅÖæøÆØáÁôÔ")
_SUPERSCRIPTS = "¹²³"
# Letters where Western languages don't have them; others have the letter of the same byte there: č, ń, ě, ů, ő, ă.
_MISPLACED = re.compile(r"\Wè\w|è[aeiouy]|ñ[^\Waeiouáéíóúñ]|[ìù]\w|õ[^e]|ã[^\Woes]")


def decode(source: Source) -> tuple[str, tuple[str, ...]]:
    """Decode a text file. Newlines become `\\n`; each byte that means nothing becomes U+FFFD and is warned of.

    Returns the text and the warnings. Raises `DocqaError` if the file is empty or not text.
    """
    text, encoding = _decode(source)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DocqaError(f"{source.display_name} is empty", "there is nothing in it to ask about")
    first = _BAD_BYTE.search(text)
    if not first:
        return text, ()
    line = text.count("\n", 0, first.start()) + 1
    text, lost = _BAD_BYTE.subn("\ufffd", text)
    return text, (
        f"{counted(lost, 'byte')} can't be read as {encoding.upper()}, the first in line {line}: shown as \ufffd",
    )


def _decode(source: Source) -> tuple[str, str]:
    """The text, with a lone surrogate for each bad byte, and the name of its encoding."""
    data = source.data
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise DocqaError(
                    f"{source.display_name} begins as {encoding.upper()} but is not: {error.reason}",
                    "it may be cut short; save it again as UTF-8",
                ) from error
    if b"\0" in data:
        unmarked = _unmarked_utf_16(data)
        if unmarked:
            return data.decode(unmarked), unmarked
        raise _no_text(source, "it contains NUL bytes")
    if len(data) - len(data.translate(None, _CONTROLS)) > _CONTROLS_IN_TEXT * len(data):
        raise _no_text(source, "it consists of control characters")
    marked = data.startswith(codecs.BOM_UTF8)
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        guess = "utf-8" if marked else _guess(data)
    if guess is None and kind_of(data):
        raise _no_text(source, "")
    if guess is None:
        raise DocqaError(f"the text encoding of {source.display_name} could not be detected", "save it as UTF-8")
    return data.decode(guess, "surrogateescape"), guess


def _no_text(source: Source, reason: str) -> DocqaError:
    kind = kind_of(source.data)
    return DocqaError(
        f"{source.display_name} is not a text file: {f'it is {kind}' if kind else reason}",
        "save it as text, or as a PDF, in the program that it is from",
    )


def _unmarked_utf_16(data: bytes) -> str | None:
    """The byte order of UTF-16 without a mark: most characters of a Western text have one NUL. None if it is not."""
    for encoding, high in (("utf-16-le", 1), ("utf-16-be", 0)):
        if len(data) % 2 == 0 and data[high::2].count(0) * 4 > len(data) and 0 not in data[1 - high :: 2]:
            try:
                data.decode(encoding)
            except UnicodeDecodeError:
                return None
            return encoding
    return None


def _guess(data: bytes) -> str | None:
    """The encoding that reads best, "utf-8" with bad bytes among them; None if none does."""
    words = [_from_first_letter(word) for word in data.split() if not word.isascii()]
    step = max(1, sum(map(len, words)) // _SAMPLE)
    sample = b" ".join(words[::step])[: 2 * _SAMPLE]
    costs = {each.encoding: _cost(sample, each) for each in _CANDIDATES}
    costs["utf-8"] = _utf_8_cost(sample)
    best = min(costs, key=lambda encoding: costs[encoding])
    if costs[best] < _REFUSED:
        return best
    return "utf-8" if sum(map(len, words)) <= _STRAY * len(data) else None


def _from_first_letter(word: bytes) -> bytes:
    """A word without the beginning of a long run of ASCII characters: the sample shall have what can be judged."""
    begin = _HIGH_BYTE.search(word)
    return word[max(0, begin.start() - _CONTEXT) :] if begin else word


def _utf_8_cost(sample: bytes) -> float:
    text = sample.decode("utf-8", "surrogateescape")
    # Two bytes that fit each other are seldom chance, and three hardly ever.
    good = sum(2 if char <= "\u07ff" else 10 for char in _BAD_BYTE.sub("", text) if not char.isascii())
    bad = len(re.findall(f"{_BAD_BYTE.pattern}+", text))  # Half a letter is one fault.
    return 3 * bad / (bad + good)


def _cost(sample: bytes, candidate: _Candidate) -> float:
    """The mean cost of the characters above 127 when the sample is read in this encoding: 0 reads well, 3 does not."""
    text = sample.decode(candidate.encoding, "replace")
    special = [at for at, char in enumerate(text) if not char.isascii()]
    if candidate.encoding in _USUAL:
        costs = sum(_ideograph_cost(text[at], candidate.encoding) for at in special)
        return candidate.cost + costs / len(special)
    context = sum(_context_cost(text[at - 1 : at] or " ", text[at], text[at + 1 : at + 2] or " ") for at in special)
    found = [text[at] for at in special if text[at].isalpha() and text[at] not in _SIGNS]
    if not found and candidate is not _CANDIDATES[0]:
        return 3  # Quotation marks and the like are no evidence.
    letters = min(
        sum(_letter_cost(char, language, candidate.languages) for char in found) for language in candidate.languages
    )
    return candidate.cost + (context + letters) / len(special)


@cache
def _letter_cost(char: str, language: str, others: tuple[str, ...]) -> float:
    """What a letter costs in a text of this language: more if it is rare in an alphabet, or another language's."""
    lower = char if char in language else char.lower()
    if lower in language:
        if len(language) > 20:  # An alphabet.
            return 0.6 * language.index(lower) / len(language)
        return 0.2 if language == _ICELANDIC else 0
    western = "é" in language
    return (1 if western else 1.5) if any(lower in other for other in others) else 2.5


@cache
def _context_cost(before: str, char: str, after: str) -> float:
    """What a character costs for what it is and where it stands."""
    category = unicodedata.category(char)
    if char == "\ufffd" or category in {"Cc", "Cn", "Co"}:
        return 3
    if char in _SIGNS:
        return 0
    if char.isalpha():
        cost = 0.4 * bool(_MISPLACED.search((before + char + after).lower()))
        for one in (before, after):
            cost += 1.5 * (one.isalpha() and _script(one) != _script(char))
        if char.isupper():
            cost += 1 if before.isalpha() and (before.islower() or after.islower()) else 0.3 * before.isupper()
        elif char.islower() and after.isupper():
            cost += 1
        if not before.isalpha() and not after.isalpha():
            cost += 0 if char in _WORDS_OF_ONE_LETTER else 1.5
        return cost
    if category == "Mn":
        return 0 if (before.isalpha() and not before.isascii()) or unicodedata.category(before) == "Mn" else 1
    if char in _IN_WORDS or (char == "·" and before in "lL" and after in "lL"):
        return 0
    if before.isalpha() and after.isalpha() and char != "\u00a0":
        return 3
    if char in _SUPERSCRIPTS:
        return 0 if before.isdigit() or before in "mM" else 2
    return 0 if char in _MARKS else 0.9


@cache
def _ideograph_cost(char: str, encoding: str) -> float:
    if char == "\ufffd":
        return 3
    encoded = char.encode(encoding)
    if len(encoded) == 1:
        return 1  # Half-width katakana.
    for first, last, cost in _USUAL[encoding]:
        # The rows of the standard that both encodings extend have second bytes from A1 on.
        if first <= encoded[0] <= last and (encoding not in {"cp949", "gb18030"} or encoded[1] >= 0xA1):
            return cost
    return 1 if encoded[0] >= 0x98 and len(encoded) == 2 and encoded[1] >= 0xA1 else 2


@cache
def _script(char: str) -> str:
    """The alphabet of a letter, as its Unicode name begins: "LATIN"."""
    return unicodedata.name(char, "?").split(" ")[0]
