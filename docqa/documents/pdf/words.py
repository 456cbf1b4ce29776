"""The words of a document, and what they tell of those that a line's end cut in two (pure).

A typesetter cuts "re-" / "search" and "royalty-" / "free" alike. Whether the hyphen stays is decided by the document
itself, which has most of its words within lines too, then by common English words.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise

_HYPHENS = "-\u2010\u2011\u00ad"

_TOKEN = re.compile(r"\w(?:[\w'’-]*\w)?")
_LAST_WORD = re.compile(r"[\w'’-]+$")
_FIRST_WORD = re.compile(r"\w(?:[\w'’-]*\w)?")
_LAST_PART = re.compile(r"[^\W\d_]+$")
_FIRST_PART = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_LAST_TOKEN = re.compile(r"\S+$")
_FIRST_TOKEN = re.compile(r"\S+")

_DASH_AT_END = re.compile(rf"(?<=\S)[{_HYPHENS}–—]$")
_ADDRESS = re.compile(r"://|^www\.|^\W*\w[\w.+-]*@[\w-]|^(?:mailto|doi):|^10\.\d{4,}/")
_PATH = re.compile(r"/.*/|/.*[\w]\.[a-z]{2,4}\b|^[/~.]*/\w|\w[=&]|_\w|\w_|^-")
_IN_ADDRESS = re.compile(r"[\w/~%#?&=+:;@!$,.-]+")
_URL = re.compile(r"://|^\W*www\.")
_FILE_TYPE = re.compile(r"(?:html?|php|pdf|aspx?|jsp|txt|zip|git|md|json|csv|xml|com|org|net|gov|edu|io)\b")
_PATH_GOES_ON = re.compile(rf"/\w.*/|/.*\.\w|\.{_FILE_TYPE.pattern}|[=&%]|^/\w")
_IN_PATH = re.compile(r"\w[.]\w|\w/|[=&%#_~]|[a-z]\d|\d[a-z]|\w-\w")
_RANGE = re.compile(r"(?<![^\W\d_])\d[\d.,]*–$")

# "long- and short-term", "Ein- und Ausgang".
_AND = re.compile(r"(?:and|or|to|und|oder|bis|bzw|et|ou|y|e|o|en|of)\b[^\w-]")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PREFIXES = _set(
    "anti auto bi bio co counter cyber de dis electro extra geo hyper im in infra inter intra macro mega meta micro mid"
    " mini mis mono multi neo neuro non out over para photo poly post pre pro proto pseudo psycho re semi socio sub"
    " super tele thermo trans tri ultra un under uni up"
)
_OFTEN_APART = _set("anti in mid non post")
# Second words of compounds, after nearly every first one.
_SECONDS = _set(
    "approved aware backed based born compatible compliant dependent driven enabled free friendly funded in language"
    " led level like made naive only oriented owned related scale sourced speaking specific style threaded type"
    " wide"
)
# With a hyphen before nearly every word.
_FREE_PREFIXES = _set("all at by cross ex half my no of on quasi self so to well")
_FRENCH = _set("même mêmes il elle ils elles on je tu nous vous ci là dire être moi toi t")
_SUFFIXES = (
    "s",
    "es",
    "ed",
    "d",
    "ing",
    "ly",
    "er",
    "ers",
    "or",
    "able",
    "ability",
    "ness",
    "al",
    "ally",
    "ization",
    "ized",
    "less",
    "ful",
    "ment",
    "ments",
    "ship",
    "men",
)

_ENGLISH_SHARE = 0.15


class Words:
    """How often each word and each hyphenated compound is in a document, whole."""

    def __init__(self, lines: list[str]) -> None:
        """`lines`: of the document's text, in any order."""
        self._lines = lines

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Words":
        """The words of these lines. They are counted when they are first asked for."""
        return cls(list(lines))

    @cached_property
    def _counts(self) -> Counter[str]:
        """Words, and compounds with their hyphens, folded. The ends of lines are left out: they may be half words."""
        tokens: Counter[str] = Counter()
        for line in self._lines:
            tokens.update(line.split()[1:-1])
        counts: Counter[str] = Counter()
        for token, count in tokens.items():
            if token.isalpha():
                counts[token.casefold()] += count
            else:
                for word in _TOKEN.findall(token):
                    counts[word.casefold()] += count
        return counts

    @cached_property
    def _compounds(self) -> dict[str, int]:
        return {word: count for word, count in self._counts.items() if "-" in word}

    @cached_property
    def _parts(self) -> Counter[str]:
        """How often the document has each pair of words that a hyphen links, also within a longer compound."""
        pairs: Counter[str] = Counter()
        for compound, count in self._compounds.items():
            parts = compound.split("-")
            for pair in pairwise(parts):
                pairs["-".join(pair)] += count
        return pairs

    @cached_property
    def _prefix_style(self) -> dict[str, int]:
        """For each prefix, in how many more words the document writes it with a hyphen than without."""
        style: Counter[str] = Counter()
        for pair in self._parts:
            before, after = pair.split("-")
            if before in _PREFIXES and len(after) > 2:
                style[before] += 1
        common = common_words()
        for prefix in list(style):
            solid = sum(
                word.startswith(prefix) and word[len(prefix) :] in common and word not in common
                for word in self._counts
            )
            style[prefix] -= solid
        return style

    @cached_property
    def _english(self) -> bool:
        """Whether the document is in English: 50 words are about four in ten of an English text's."""
        count = sum(self._counts.values())
        return sum(self._counts[word] for word in _function_words()) >= _ENGLISH_SHARE * count

    def join(self, before: str, after: str, hyphen: bool) -> tuple[str, str]:
        """The text of a line that the next one continues, and what comes between the two: "" or a space.

        `hyphen`: whether the line ended in a hyphen that `before` no longer has.
        """
        if not before or not after:
            return before, " "
        dash = None if hyphen else _DASH_AT_END.search(before)
        if not hyphen and not dash:
            return before, "" if _address_continues(before, after) else " "
        if dash and dash.group() in "–—":
            return before, "" if _dash_joins(before, after) else " "
        if dash:
            before = before[:-1]
        if _AND.match(after) and self._suspended(before, after):
            return f"{before}-", " "
        if dash and before[-1] in _HYPHENS:
            return f"{before}-", " "
        if not after[0].isalnum() or not before[-1].isalnum():
            joined = hyphen or after[0].isalnum() or (before[-1] in ")]}" and after[0] in "([{")
            return f"{before}-", "" if joined else " "
        return f"{before}-" if self._keeps_hyphen(before, after) else before, ""

    def _suspended(self, before: str, after: str) -> bool:
        head, tail = _LAST_WORD.search(before), _FIRST_WORD.match(after)
        if not head or not tail:
            return True
        word = head.group().casefold()
        if word[-1].isdigit():
            return True
        return (self._is_word(word) or word in _PREFIXES) and not self._is_word(word + tail.group().casefold())

    def _keeps_hyphen(self, before: str, after: str) -> bool:
        """Whether the hyphen at a line's end belongs to the word: "long-term", "COVID-19", "Schwarz-Weiß"."""
        token, following = _last_token(before), _first_token(after)
        head, tail = _LAST_WORD.search(before), _FIRST_WORD.match(after)
        if not head or not tail:
            return True
        if _ADDRESS.search(token):
            # A typesetter may have cut a word of the address too: "down-" / "loads".
            last, start = _LAST_PART.search(before), _FIRST_PART.match(after)
            return not (last and start and self._is_cut(last.group(), start.group()))
        first, second = head.group(), tail.group()
        if first[-1].isdigit() or not second[0].isalpha():
            return True
        compound = self._whole(f"{first}-{second}".casefold(), f"{first}{second}".casefold())
        if compound is not None:
            return compound
        if _PATH.search(token) or ("/" in following and _PATH.search(following)):
            return True
        last, start = _LAST_PART.search(first), _FIRST_PART.match(second)
        if not last or not start:
            return True
        if (len(last.group()) == 1 and last.group().isupper()) or _DIGIT.search(second.split("-")[0]):
            return True
        if not start.group()[0].islower():
            return not (last.group().isupper() and self._is_word(f"{last.group()}{start.group()}".casefold()))
        return self._is_compound(
            last.group().casefold(), start.group().casefold(), "-" in first, after[start.end() : start.end() + 1] == "-"
        )

    def _whole(self, compound: str, solid: str) -> bool | None:
        """Whether the document has a word with a hyphen rather than without; None if it has neither."""
        hyphenated, joined = self._counts[compound], self._counts[solid]
        return hyphenated >= joined if hyphenated or joined else None

    def _is_compound(self, head: str, tail: str, inside: bool, goes_on: bool) -> bool:
        """Whether a hyphen links two words. `inside`, `goes_on`: whether there is one before, and after them."""
        solid = head + tail
        hyphenated = self._parts[f"{head}-{tail}"]
        if hyphenated:
            return hyphenated >= self._counts[solid]
        if self._is_word(solid):
            return False
        if head in _PREFIXES:
            style = self._prefix_style.get(head, 0) or (1 if head in _OFTEN_APART else -1)
            return style > 0 and self._is_word(tail)
        if _is_derived(solid):
            return False
        if tail in _SECONDS and (len(head) > 3 or self._is_word(head)):
            return True
        if tail in _FRENCH and self._counts[head] > 0:
            return True
        if not self._english:
            return False
        if not self._stands_alone(tail) and not (goes_on and tail in common_words()):
            return False
        return (
            head in _FREE_PREFIXES or self._stands_alone(head) or (inside and (head == "a" or head in common_words()))
        )

    def _is_cut(self, head: str, tail: str) -> bool:
        """Whether a common word was cut into parts that are none."""
        common = common_words()
        return (
            min(len(head), len(tail)) > 1 and head + tail in common and not (_is_frequent(head) and _is_frequent(tail))
        )

    def _stands_alone(self, word: str) -> bool:
        """Whether it is likely a part of a compound."""
        return _is_frequent(word) or (len(word) > 2 and self._counts[word] > 1)

    def _is_word(self, word: str) -> bool:
        return word in common_words() or word in self._counts


def _dash_joins(before: str, after: str) -> bool:
    """Whether no space follows a dash at a line's end: "175–" / "195", "word—" / "word"."""
    if before[-1] == "—":
        return before[-2].isalnum() and after[0].isalpha()
    return bool(_RANGE.search(before)) and after[0].isdigit()


def _address_continues(before: str, after: str) -> bool:
    """Whether a URL that was cut without a hyphen goes on in the next line."""
    if "/" not in before and "www." not in before:
        return False
    token = _last_token(before)
    if not _URL.search(token) or token[-1] in ")]>,;":
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
        return word not in _function_words()
    return word not in common_words() and (following[0].islower() or token[-1] in "=_-%")


def _last_token(text: str) -> str:
    found = _LAST_TOKEN.search(text)
    return found.group() if found else ""


def _first_token(text: str) -> str:
    found = _FIRST_TOKEN.match(text)
    return found.group() if found else ""


def _is_derived(word: str) -> bool:
    """Whether a common word with an ending or a prefix: "reauthenticate", "customizable"."""
    common = common_words()
    for suffix in _SUFFIXES:
        if word.endswith(suffix):
            stem = word[: -len(suffix)]
            if len(stem) > 3 and (stem in common or f"{stem}e" in common):
                return True
            if len(stem) > 4 and stem[-1] == stem[-2] and stem[:-1] in common:
                return True
            if len(stem) > 3 and stem[-1] == "i" and f"{stem[:-1]}y" in common:
                return True
    if word.endswith("ies") and f"{word[:-3]}y" in common:
        return True
    return any(
        word.startswith(prefix) and len(word) > len(prefix) + 3 and word[len(prefix) :] in common
        for prefix in _PREFIXES
    )


@cache
def common_words() -> frozenset[str]:
    """Common English words in lower case."""
    return frozenset(_by_frequency())


@cache
def _frequent_words() -> frozenset[str]:
    """The more common half: rarer ones are too often parts of a longer word, as "naut" and "ger" are."""
    words = _by_frequency()
    return frozenset(words[: len(words) // 2])


@cache
def _function_words() -> frozenset[str]:
    """The 50 most common words: "the", "of", ..."""
    return frozenset(_by_frequency()[:50])


def _is_frequent(word: str) -> bool:
    return len(word) > 2 and word in _frequent_words()


def _by_frequency() -> list[str]:
    return (files("docqa") / "documents/pdf/common_words.txt").read_text("utf-8").split()
