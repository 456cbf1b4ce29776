"""Common English words, of which a text is mostly made.

`common_words.txt` has 20,000 of them, the most common first; `python -m benchmarks.common_words` made it.
"""

from functools import cache
from importlib.resources import files


def word_set(words: str) -> frozenset[str]:
    """The words of a text, which are written shorter so."""
    return frozenset(words.split())


PREFIXES = word_set(
    "anti auto bi bio co counter cyber de dis electro extra geo hyper im in infra inter intra macro mega meta micro mid"
    " mini mis mono multi neo neuro non out over para photo poly post pre pro proto pseudo psycho re semi socio sub"
    " super tele thermo trans tri ultra un under uni up"
)
BEGINNING = 5
_SUFFIXES = word_set("s es ed d ing ly er ers or able ability ness al ally ization ized less ful ment ments ship men")


@cache
def common_words() -> frozenset[str]:
    """Common English words in lower case."""
    return frozenset(_by_frequency())


@cache
def beginnings() -> frozenset[str]:
    """The first `BEGINNING` letters of the common words that are longer."""
    return frozenset({word[:BEGINNING] for word in common_words() if len(word) > BEGINNING})


@cache
def function_words() -> frozenset[str]:
    """The 50 most common words: "the", "of", ..."""
    return frozenset(_by_frequency()[:50])


def is_frequent(word: str) -> bool:
    """Whether it is of the more common half: rarer ones are too often parts of other words, as "ger" is."""
    return len(word) > 2 and word in _frequent_words()


def is_derived(word: str) -> bool:
    """Whether it is a common word with an ending or a prefix: "reauthenticate", "customizable"."""
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
        word.startswith(prefix) and len(word) > len(prefix) + 3 and word[len(prefix) :] in common for prefix in PREFIXES
    )


@cache
def _frequent_words() -> frozenset[str]:
    words = _by_frequency()
    return frozenset(words[: len(words) // 2])


def _by_frequency() -> list[str]:
    return (files("docqa") / "documents/pdf/common_words.txt").read_text("utf-8").split()
