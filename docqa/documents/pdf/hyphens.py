"""Lines joined to words: which hyphens at the ends of lines are a word's own (pure).

A typesetter cuts "re-" / "search" and "royalty-" / "free" alike. Whether the hyphen stays is decided by the document
itself, which has most of its words within lines too, then by common English words.
"""

import re

from docqa.documents.pdf.common_words import PREFIXES, common_words, function_words, is_derived, is_frequent, word_set
from docqa.documents.pdf.vocabulary import Vocabulary

_HYPHENS = "-\u2010\u2011\u00ad"

_LAST_WORD = re.compile(r"[\w'’-]+$")
_FIRST_WORD = re.compile(r"\w(?:[\w'’-]*\w)?")
_LAST_PART = re.compile(r"[^\W\d_]+$")
_FIRST_PART = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_LAST_TOKEN = re.compile(r"\S+$")
_FIRST_TOKEN = re.compile(r"\S+")

_DASHES = frozenset(f"{_HYPHENS}–—")
_DASH_AT_END = re.compile(rf"(?<=\S)[{_HYPHENS}–—]$")
_ADDRESS = re.compile(r"://|^www\.|^\W*\w[\w.+-]*@[\w-]|^(?:mailto|doi):|^10\.\d{4,}/")
_PATH = re.compile(r"/.*/|/.*[\w]\.[a-z]{2,4}\b|^[/~.]*/\w|\w[=&]|_\w|\w_|^-")
_IN_ADDRESS = re.compile(r"[\w/~%#?&=+:;@!$,.-]+")
_URL = re.compile(r"://|^\W*www\.")
_FILE_TYPE = re.compile(r"(?:html?|php|pdf|aspx?|jsp|txt|zip|git|md|json|csv|xml|com|org|net|gov|edu|io)\b")
_PATH_GOES_ON = re.compile(rf"/\w.*/|/.*\.\w|\.{_FILE_TYPE.pattern}|[=&%]|^/\w")
_IN_PATH = re.compile(r"\w[.]\w|\w/|[=&%#_~]|[a-z]\d|\d[a-z]|\w-\w")
_RANGE = re.compile(r"(?<![^\W\d_])\d[\d.,]*–$")

_SCHEMES = ("http:", "https:", "ftp:")
_ADDRESS_SIGN = re.compile(r"\w@(?:[\w-]+\.)*$")
_DOMAIN = re.compile(r"[a-z\d-]+(?:\.[a-z\d-]+)*\W?$")
_FOLDER = re.compile(r"[\"'(\[]*(?:~|\.{0,2}|[A-Za-z]:)[/\\][\w.~/\\-]*[\w.-][/\\_]$")

# "long- and short-term", "Ein- und Ausgang". The second kind are the ends of words, too.
_AND = re.compile(r"(?:and|und|oder|sowie|bzw)\b[^\w-]")
_OR = re.compile(r"(?:or|to|bis|et|ou|y|e|o|en|of)\b[^\w-]")

_REACH = 200  # Characters of a line that are looked at.

_OFTEN_APART = word_set("anti in mid non post")
# Second words of compounds, after nearly every first one.
_SECONDS = word_set(
    "approved aware backed based born compatible compliant dependent driven enabled free friendly funded in language"
    " led level like made naive only oriented owned related scale sourced speaking specific style threaded type"
    " wide"
)
# With a hyphen before nearly every word.
_FREE_PREFIXES = word_set("all at by cross ex half my no of on quasi self so to well")
_FRENCH = word_set("même mêmes il elle ils elles on je tu nous vous ci là dire être moi toi t")


def join(vocabulary: Vocabulary, before: str, after: str, hyphen: bool) -> tuple[str, str]:
    """The text of a line that the next one continues, and what comes between the two: "" or a space.

    `hyphen`: whether the line ended in a hyphen that `before` no longer has.
    """
    if not before or not after:
        return before, " "
    dash = None if hyphen or before[-1] not in _DASHES else _DASH_AT_END.search(before)
    if not hyphen and not dash:
        if after.startswith("//") and before.endswith(_SCHEMES):
            return before, ""
        may_be_address = "/" in before or "www." in before or "@" in before or "\\" in before  # Faster than `any`.
        return before, "" if may_be_address and _address_continues(before[-_REACH:], after[:_REACH]) else " "
    if dash and dash.group() in "–—":
        return before, "" if _dash_joins(before, after) else " "
    if dash:
        before = before[:-1]
    if _suspended(vocabulary, before[-_REACH:], after[:_REACH]):
        return f"{before}-", " "
    if dash and before[-1] in _HYPHENS:
        return f"{before}-", " "
    if not after[0].isalnum() or not before[-1].isalnum():
        joined = hyphen or after[0].isalnum() or (before[-1] in ")]}" and after[0] in "([{")
        return f"{before}-", "" if joined else " "
    keeps = _keeps_hyphen(vocabulary, before[-_REACH:], after[:_REACH])
    return f"{before}-" if keeps else before, ""


def _suspended(vocabulary: Vocabulary, before: str, after: str) -> bool:
    """Whether the second half of the word is that of a later one: "long- and short-term"."""
    conjunction = _AND.match(after) or _OR.match(after)
    if not conjunction:
        return False
    head, tail = _LAST_WORD.search(before), _FIRST_WORD.match(after)
    if not head or not tail:
        return True
    word = head.group().casefold()
    if vocabulary.has(word + tail.group().casefold()):
        return False
    return _AND.match(after) is not None or word[-1].isdigit() or vocabulary.has(word) or word in PREFIXES


def _keeps_hyphen(vocabulary: Vocabulary, before: str, after: str) -> bool:
    """Whether the hyphen at a line's end belongs to the word: "long-term", "COVID-19", "Schwarz-Weiß"."""
    token, following = _last_token(before), _first_token(after)
    head, tail = _LAST_WORD.search(before), _FIRST_WORD.match(after)
    if not head or not tail:
        return True
    if _ADDRESS.search(token):
        # A typesetter may have cut a word of the address too: "down-" / "loads".
        last, start = _LAST_PART.search(before), _FIRST_PART.match(after)
        return not (last and start and _is_cut(vocabulary, last.group(), start.group()))
    first, second = head.group(), tail.group()
    if first[-1].isdigit() or not second[0].isalpha():
        return True
    compound = _whole(vocabulary, f"{first}-{second}".casefold(), f"{first}{second}".casefold())
    if compound is not None:
        return compound
    if _PATH.search(token) or ("/" in following and _PATH.search(following)):
        return True
    last, start = _LAST_PART.search(first), _FIRST_PART.match(second)
    if not last or not start:
        return True
    if len(last.group()) == 1 or _DIGIT.search(second.split("-")[0]):
        return True
    if not start.group()[0].islower():
        return not (last.group().isupper() and vocabulary.has(f"{last.group()}{start.group()}".casefold()))
    return _is_compound(
        vocabulary,
        last.group().casefold(),
        start.group().casefold(),
        "-" in first,
        after[start.end() : start.end() + 1] == "-",
    )


def _whole(vocabulary: Vocabulary, compound: str, solid: str) -> bool | None:
    """Whether the document has a word with a hyphen rather than without; None if it has neither."""
    hyphenated, joined = vocabulary.counts[compound], vocabulary.counts[solid]
    return hyphenated >= joined if hyphenated or joined else None


def _is_compound(vocabulary: Vocabulary, head: str, tail: str, inside: bool, goes_on: bool) -> bool:
    """Whether a hyphen links two words. `inside`, `goes_on`: whether there is one before, and after them."""
    solid = head + tail
    hyphenated = vocabulary.pairs[f"{head}-{tail}"]
    if hyphenated:
        return hyphenated >= vocabulary.counts[solid]
    if head in PREFIXES and not vocabulary.counts[solid] and vocabulary.has_pair_like(head, tail):
        return True
    if vocabulary.has(solid):
        return False
    if head in PREFIXES:
        style = vocabulary.hyphens_after(head) or (1 if head in _OFTEN_APART else -1)
        return style > 0 and vocabulary.has(tail)
    if is_derived(solid):
        return False
    if tail in _SECONDS and (len(head) > 3 or vocabulary.has(head)):
        return True
    if tail in _FRENCH and vocabulary.counts[head] > 0:
        return True
    if not vocabulary.english:
        return False
    if not vocabulary.stands_alone(tail) and not (goes_on and tail in common_words()):
        return False
    return (
        head in _FREE_PREFIXES or vocabulary.stands_alone(head) or (inside and (head == "a" or head in common_words()))
    )


def _is_cut(vocabulary: Vocabulary, head: str, tail: str) -> bool:
    """Whether a word was cut: a word of the document, or a common one into parts that are none."""
    word = head + tail
    if vocabulary.counts[word] and not vocabulary.pairs[f"{head}-{tail}"]:
        return True
    return min(len(head), len(tail)) > 1 and word in common_words() and not (is_frequent(head) and is_frequent(tail))


def _dash_joins(before: str, after: str) -> bool:
    """Whether no space follows a dash at a line's end: "175–" / "195", "Paris–" / "Lyon", "word—" / "word"."""
    if before[-1] == "—":
        return before[-2].isalnum() and after[0].isalpha()
    if before[-1] == "–" and before[-3:-1].isalpha():
        return after[0].isalnum()
    return bool(_RANGE.search(before[-_REACH:])) and after[0].isdigit()


def _address_continues(before: str, after: str) -> bool:
    """Whether an address or a path that was cut without a hyphen goes on in the next line."""
    token = _last_token(before)
    if _ADDRESS_SIGN.search(token):
        return _DOMAIN.match(_first_token(after)) is not None
    if not (_URL.search(token) or _FOLDER.match(token)) or token[-1] in ")]>,;":
        return False
    following = _first_token(after).rstrip(".,;:)]>\"'”")
    if not _IN_ADDRESS.fullmatch(following) or _ADDRESS.search(following):
        return False
    if token[-1] == ".":
        return token[-2] != "/" and bool(_FILE_TYPE.match(following) or re.search(r"[^/]/[^/]", following))
    if token[-1] not in "/_=&?%#-~+":
        return _PATH_GOES_ON.search(following) is not None
    if following.isdigit():
        return token[-1] in "=_-%"
    if _IN_PATH.search(following):
        return True
    word = following.casefold()
    if after.strip() == _first_token(after) and not after.endswith(":"):
        return word not in function_words()
    return word not in common_words() and (following[0].islower() or token[-1] in "=_-%")


def _last_token(text: str) -> str:
    found = _LAST_TOKEN.search(text)
    return found.group() if found else ""


def _first_token(text: str) -> str:
    found = _FIRST_TOKEN.match(text)
    return found.group() if found else ""
