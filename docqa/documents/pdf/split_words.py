"""Spaces within words: "Scientifi c", "B alenaEtcher", "R E S EAR CH" (pure).

PDFium puts a space where letters are far apart, and after some ligatures.
"""

import re

from docqa.documents.pdf.common_words import BEGINNING, beginnings, common_words, is_derived, word_set
from docqa.documents.pdf.vocabulary import Vocabulary

_PUNCTUATION = ".,;:!?()[]\"'“”‘’"
_FIRST_PART = re.compile(r"\W*([^\W\d_]+)")
_SECOND_PART = re.compile(r"([^\W\d_]+)\W*")
_LIGATURES = ("ff", "fi", "fl")
_LETTERS = re.compile(r"[^\W\d_]{1,3}")
_SCHEME = re.compile(r"\b(https?|ftp) ?(s?) ?: ?/ ?/ ?(?=\w)")
_SHORT = word_set("in is it of to on an at as by or if be no so we he")
_LETTER_WORDS = frozenset("aioyeàé")
_SPACED = re.compile(r"(?<!\S)[^\W\d_] (?:[^\W\d_]{1,3} ){2,}[^\W\d_]{1,3}(?!\S)")
_MIN_SPACED, _MAX_SPACED = 4, 60
_RARE = 2  # A part of a word is hardly ever in a document as often as a word.


def suspects(vocabulary: Vocabulary) -> frozenset[str]:
    """The tokens of a document that may be parts of words.

    With a word after it, what begins with a capital letter makes none but a common one: most names make none.
    """
    common, counts, begins = common_words(), vocabulary.counts, beginnings()
    found = set()
    for token in vocabulary.tokens:
        if token[0].isdigit():
            continue  # Most tokens of tables.
        word = token if token.isalpha() else token.strip(_PUNCTUATION)
        if word.startswith("http") and "://" not in token:
            found.add(token)
        if not word.isalpha():
            continue
        word = word.casefold()
        if len(word) == 1:
            if word not in _LETTER_WORDS or token.isupper():
                found.add(token)
        elif word not in common and (counts.get(word, 0) <= _RARE or word.endswith(_LIGATURES)):
            is_name = not token[0].islower() and len(word) > BEGINNING and word[:BEGINNING] not in begins
            if not is_name or word.endswith(_LIGATURES):
                found.add(token)
    return frozenset(found)


def repair(text: str, suspect: frozenset[str], vocabulary: Vocabulary) -> str:
    """The text of a line with its words whole."""
    tokens = text.split(" ")
    if suspect.isdisjoint(tokens):
        return text  # Half of all lines.
    if "http" in text:
        text = _SCHEME.sub(r"\1\2://", text)
        tokens = text.split(" ")
    found = suspect.intersection(tokens)
    if 1 in map(len, tokens) and _SPACED.search(text):
        tokens = _unspaced(tokens)
    elif not _has_split_word(tokens, found, vocabulary):
        return text  # Most lines: a suspect is mostly a rare word.
    index = len(tokens) - 2
    while index >= 0:
        first, second = tokens[index : index + 2]
        if (first in suspect or second in suspect) and _is_one_word(tokens, index, vocabulary):
            tokens[index : index + 2] = [first + second]
        index -= 1
    return " ".join(tokens)


def _has_split_word(tokens: list[str], found: frozenset[str], vocabulary: Vocabulary) -> bool:
    """Whether any of the suspects that were found is one word with the token before it, or the one after it."""
    last = len(tokens) - 1
    for token in found:
        place = -1
        for _ in range(tokens.count(token)):
            place = tokens.index(token, place + 1)
            if place < last and _is_one_word(tokens, place, vocabulary):
                return True
            if place and _is_one_word(tokens, place - 1, vocabulary):
                return True
    return False


def _is_one_word(tokens: list[str], index: int, vocabulary: Vocabulary) -> bool:
    """Whether a token and the next one are one word."""
    first, second = tokens[index], tokens[index + 1]
    if second[:1].islower() and _is_split(first, second, vocabulary):
        return True
    return len(first) == len(second) == 1 and _is_split_pair(tokens, index)


def _is_split(first: str, second: str, vocabulary: Vocabulary) -> bool:
    """Whether two tokens, the second in small letters, are one word: their parts are none, but the whole is."""
    if not (first.isalpha() and second.isalpha()):  # Most are: with punctuation, they must be searched.
        one, two = _FIRST_PART.fullmatch(first), _SECOND_PART.fullmatch(second)
        if not one or not two:
            return False
        first, second = one.group(1), two.group(1)
    common, counts = common_words(), vocabulary.counts
    head, tail = first.casefold(), second.casefold()
    word = head + tail
    if head.endswith(_LIGATURES) and head not in common:
        return vocabulary.has(word) or is_derived(word)
    if word not in common and word not in counts:
        return False  # Nearly always.
    knows_tail = len(tail) > 1 and (tail in common or counts[tail] > _RARE)
    if len(head) == 1:
        return not knows_tail and counts[tail] < 2 and len(tail) > 3 and counts[word] > 0 and head not in _LETTER_WORDS
    if first.isupper():
        return False
    if head in common or counts[head] > _RARE:
        return not knows_tail and len(tail) > 2 and word in common
    return word in common or (not knows_tail and counts[word] > 1)


def _is_split_pair(tokens: list[str], index: int) -> bool:
    """Whether two letters between words are one word: "i n"."""
    pair = tokens[index] + tokens[index + 1]
    around = tokens[max(0, index - 1) : index] + tokens[index + 2 : index + 3]
    return (
        pair in _SHORT and len(around) == 2 and all(len(word) > 1 and word.strip(".,;:()").isalpha() for word in around)
    )


def _unspaced(tokens: list[str]) -> list[str]:
    """The tokens with letter-spaced words whole: "P R E F A C E"."""
    result: list[str] = []
    index = 0
    while index < len(tokens):
        end = index
        while end < len(tokens) and _LETTERS.fullmatch(tokens[end]):
            end += 1
        run = tokens[index:end]
        if _MIN_SPACED <= len(run) <= _MAX_SPACED and 2 * sum(len(token) == 1 for token in run) >= len(run):
            run = _spaced_words(run) or run
        result.extend(run or [tokens[index]])
        index = max(end, index + 1)
    return result


def _spaced_words(run: list[str]) -> list[str] | None:
    """The fewest common words that the tokens of a run make, the first of at least four letters."""
    common = common_words()
    best: list[list[str] | None] = [[]] + [None] * len(run)
    for end in range(1, len(run) + 1):
        for begin in range(end):
            before = best[begin]
            word = "".join(run[begin:end])
            known = word.casefold() in common and (len(word) >= _MIN_SPACED or begin > 0) and len(word) > 1
            if before is not None and known and (best[end] is None or len(before) + 1 < len(best[end] or [])):
                best[end] = [*before, word]
    return best[-1]
