"""The words of a document: how often it has each (pure)."""

import re
from collections import Counter, defaultdict
from collections.abc import Set
from functools import cached_property
from itertools import pairwise

from docqa.documents.pdf.common_words import PREFIXES, common_words, function_words, is_frequent

_TOKEN = re.compile(r"\w(?:[\w'’-]*\w)?")
_ENGLISH_SHARE = 0.15
_STEM = 5
_LINES_AT_ONCE = 1000


class Vocabulary:
    """How often each word and each hyphenated compound is in a document, folded. Everything is counted at need."""

    def __init__(self, lines: list[str]) -> None:
        """`lines`: of the document's text, in any order."""
        self._lines = lines

    @cached_property
    def tokens(self) -> Set[str]:
        """What stands between spaces, as it is."""
        within, at_ends = self._tokens
        return within.keys() | at_ends

    @cached_property
    def _tokens(self) -> tuple[Counter[str], set[str]]:
        """How often each token is within a line, and the first and the last token of each line."""
        within: Counter[str] = Counter()
        at_ends: set[str] = set()
        # Neither line by line, which takes longer, nor at once, which takes 30 kB a page.
        for begin in range(0, len(self._lines), _LINES_AT_ONCE):
            inner: list[str] = []
            for line in self._lines[begin : begin + _LINES_AT_ONCE]:
                first, _, rest = line.partition(" ")
                middle, _, last = rest.rpartition(" ")
                at_ends.add(first)
                at_ends.add(last)
                inner.append(middle)
            within.update(" ".join(inner).split())
        return within, at_ends - {""}

    @cached_property
    def counts(self) -> Counter[str]:
        """Words and compounds, but for those at the ends of lines: they may be half words."""
        within, _ = self._tokens
        counts: dict[str, int] = {}
        others: dict[int, list[str]] = defaultdict(list)  # By how often they are there: few differ in that.
        for token, count in within.items():
            if token.isalpha():
                word = token.casefold()
                counts[word] = counts.get(word, 0) + count
            else:
                others[count].append(token)
        for count, tokens in others.items():
            for word in " ".join(_TOKEN.findall(" ".join(tokens))).casefold().split():
                counts[word] = counts.get(word, 0) + count
        return Counter(counts)

    @cached_property
    def pairs(self) -> Counter[str]:
        """The pairs of words that a hyphen links, also within a longer compound."""
        pairs: Counter[str] = Counter()
        for compound, count in self.counts.items():
            if "-" in compound:
                for pair in pairwise(compound.split("-")):
                    pairs["-".join(pair)] += count
        return pairs

    @cached_property
    def english(self) -> bool:
        """Whether the document is in English: 50 words are about four in ten of an English text's."""
        count = sum(self.counts.values())
        return sum(self.counts[word] for word in function_words()) >= _ENGLISH_SHARE * count

    def has(self, word: str) -> bool:
        """Whether it is a word of the document, or a common one."""
        return word in common_words() or word in self.counts

    def stands_alone(self, word: str) -> bool:
        """Whether it is a word that compounds are likely made of."""
        return is_frequent(word) or (len(word) > 2 and self.counts[word] > 1)

    def has_pair_like(self, first: str, second: str) -> bool:
        """Whether the document has a compound of `first` and a word that begins like `second`: "co-expression"."""
        start = f"{first}-{second[:_STEM]}"
        return len(second) >= _STEM and any(pair.startswith(start) for pair in self.pairs)

    def hyphens_after(self, prefix: str) -> int:
        """In how many more words the document has a hyphen after this prefix than not."""
        return self._prefix_styles[prefix]

    @cached_property
    def _prefix_styles(self) -> Counter[str]:
        styles: Counter[str] = Counter()
        for pair in self.pairs:
            before, after = pair.split("-")
            if before in PREFIXES and len(after) > 2:
                styles[before] += 1
        common = common_words()
        for prefix in list(styles):
            styles[prefix] -= sum(
                word.startswith(prefix) and word[len(prefix) :] in common and word not in common for word in self.counts
            )
        return styles
