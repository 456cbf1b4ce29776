"""Split pairs into training and test: by document, else by context, never by question (pure)."""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path

from docqa.datasets.issues import Issue, IssueEffect, IssueKind
from docqa.datasets.pair import Gold, Pair
from docqa.errors import DocqaError
from docqa.wording import counted

_SENTENCE_END = re.compile(r"[.!?…]['\"”’)\]]*\s+(?=\W*[^\Wa-z])|\n[^\S\n]*\n\s*")

SHARED_CONTEXT_REMEDY = "remove it from one of them: a test must not contain training data"


class SplitUnit(StrEnum):
    """What is never in both parts of a split."""

    DOCUMENT = "document"
    CONTEXT = "context"
    REGION = "region"


_EXPLANATIONS = {
    SplitUnit.DOCUMENT: "split by document: no document is in both parts",
    SplitUnit.CONTEXT: "split by context: no context is in both parts, but documents can be",
    SplitUnit.REGION: "split by region: both parts are about different stretches of the same text; "
    "a test on another document would be more reliable",
}


@dataclass(frozen=True)
class Split:
    """Two parts of a set of pairs, each in the original order."""

    train: tuple[Pair, ...]
    test: tuple[Pair, ...]
    by: SplitUnit

    def __iter__(self) -> Iterator[tuple[Pair, ...]]:
        """Allow `train, test = split(...)`."""
        yield self.train
        yield self.test

    @property
    def note(self) -> str:
        """How the pairs were split, for the user."""
        return f"{sizes(self.train, self.test)}, {_EXPLANATIONS[self.by]}"


def sizes(train: Sequence[Pair], test: Sequence[Pair]) -> str:
    """Return the sizes of both parts, for the user."""
    return f"{counted(len(train), 'pair')} to train and {len(test):,} to test"


def split(pairs: Sequence[Pair], fraction: float, seed: int) -> Split:
    """Hold out about `fraction` of the pairs for the test.

    The split is by document. If that can't come near the fraction (there is one document, or one has most of the
    pairs), it is by context. If there is only one of these (pairs that refer to a document have its text as their
    context), it is by regions of the text, so that no sentence has answers of both parts. The same pairs and seed give
    the same parts, in any order of the pairs.

    Raises `DocqaError` if no split leaves a pair in both parts.
    """
    if not 0 < fraction < 1:
        raise DocqaError(
            f"expected the held-out share of the pairs to be between 0 and 1, found {fraction}", "0.1 or 0.2 is usual"
        )
    ranks = [_digest(str(seed).encode(), identity) for identity in _identities(pairs)]
    candidates: list[tuple[float, Split]] = []
    for by, units in ((SplitUnit.DOCUMENT, _documents(pairs)), (SplitUnit.CONTEXT, [pair.context for pair in pairs])):
        candidate = _hold_out(pairs, units, ranks, fraction, by)
        if candidate:
            share = len(candidate.test) / len(pairs)
            # Between half and twice the fraction: a strict split that is somewhat off beats an exact loose one.
            if fraction / 2 <= share <= min(2 * fraction, (1 + fraction) / 2):
                return candidate
            candidates.append((abs(share - fraction), candidate))
    if candidates:
        return min(candidates, key=lambda each: each[0])[1]
    by_region = _hold_out(pairs, _regions(pairs, fraction), ranks, fraction, SplitUnit.REGION)
    if by_region:
        return by_region
    raise DocqaError(
        f"expected pairs from at least two places, one to train on and one to test on; found {len(pairs)}"
        + (", all about the same sentence" if len(pairs) > 1 else ""),
        "add pairs about other sentences or documents, or use a separate file for the test",
    )


def sample(pairs: Sequence[Pair], per_context: int, seed: int = 0) -> tuple[Pair, ...]:
    """Return at most `per_context` pairs of each context, in the original order.

    The choice depends on the seed, not on the order of the pairs.
    """
    if per_context < 1:
        raise DocqaError(f"expected at least 1 pair per context, found {per_context}", "omit it to use all pairs")
    members: dict[str | None, list[int]] = defaultdict(list)
    for i, pair in enumerate(pairs):
        members[pair.context].append(i)
    ranks = [_digest(str(seed).encode(), identity) for identity in _identities(pairs)]
    chosen: set[int] = set()
    for indices in members.values():
        chosen.update(sorted(indices, key=ranks.__getitem__)[:per_context])
    return tuple(pair for i, pair in enumerate(pairs) if i in chosen)


def sample_share(pairs: Sequence[Pair], share: float, seed: int = 0) -> tuple[Pair, ...]:
    """Return this share of the pairs, but at least one of them, in the original order.

    The choice depends on the seed, not on the order of the pairs. `share` is above 0, up to 1.
    """
    ranks = [_digest(str(seed).encode(), identity) for identity in _identities(pairs)]
    count = max(1, round(share * len(pairs)))
    chosen = sorted(sorted(range(len(pairs)), key=ranks.__getitem__)[:count])
    return tuple(pairs[i] for i in chosen)


@dataclass(frozen=True)
class Overlap:
    """What a training set shares with a test set."""

    pairs: tuple[Pair, ...]
    """The training pairs whose context is in the test."""
    issues: tuple[Issue, ...]
    """One for each shared context."""


def overlap(train: Sequence[Pair], test: Sequence[Pair], file: str = "", test_file: str = "the test") -> Overlap:
    """Find the training pairs whose context is also in the test, ignoring white space and case.

    A reader that was trained on the contexts of the test appears better than it is.
    """
    tested: dict[bytes, Pair] = {}
    for digest, pair in zip(_context_digests(test), test, strict=True):
        tested.setdefault(digest, pair)
    shared: dict[bytes, list[Pair]] = defaultdict(list)
    for digest, pair in zip(_context_digests(train), train, strict=True):
        if digest in tested:
            shared[digest].append(pair)
    issues = tuple(
        Issue(
            IssueKind.SHARED_CONTEXT,
            IssueEffect.WARNING,
            file,
            members[0].location,
            f"this context is also in {test_file}, at {tested[digest].location}; "
            f"{counted(len(members), 'training pair')} use it",
            SHARED_CONTEXT_REMEDY,
        )
        for digest, members in shared.items()
    )
    return Overlap(tuple(pair for members in shared.values() for pair in members), issues)


def _documents(pairs: Sequence[Pair]) -> list[Hashable]:
    """Group pairs that share a document or a context: two documents may contain the same paragraph."""
    groups = _UnionFind()
    for pair in pairs:
        groups.union([("context", pair.context), ("document", pair.document)] if pair.document else [])
    return [groups.find(("context", pair.context)) for pair in pairs]


def _regions(pairs: Sequence[Pair], fraction: float) -> list[Hashable]:
    """Group pairs by stretches of their context, with about as many pairs in each. No sentence is divided.

    Adjacent sentences are often about the same thing. In stretches, few of them are in different parts.
    """
    stretches = round(2 / min(fraction, 1 - fraction))
    members: dict[str, list[int]] = defaultdict(list)
    for i, pair in enumerate(pairs):
        members[pair.context or ""].append(i)
    regions: list[Hashable] = [None] * len(pairs)
    for context, indices in members.items():
        ends = [match.end() for match in _SENTENCE_END.finditer(context)]
        groups = _UnionFind()
        sentences = {i: _sentences(ends, pairs[i].answers) for i in indices}
        for each in sentences.values():
            groups.union(each)
        first: dict[Hashable, int] = {}
        sizes: Counter[Hashable] = Counter()
        for each in sentences.values():
            if each:
                group = groups.find(each[0])
                first[group] = min(each[0], first.get(group, each[0]))
                sizes[group] += 1
        stretch: dict[Hashable, int] = {}
        preceding = 0
        for group in sorted(first, key=first.__getitem__):
            stretch[group] = preceding * stretches // sizes.total()
            preceding += sizes[group]
        for i, each in sentences.items():
            # An unanswerable question is about no sentence: it is grouped with those of the same wording.
            regions[i] = (context, stretch[groups.find(each[0])] if each else pairs[i].question.casefold())
    return regions


def _sentences(ends: list[int], answers: Iterable[Gold]) -> list[int]:
    """Return the sorted numbers of the sentences that contain the answers."""
    numbers: set[int] = set()
    for gold in answers:
        numbers.update(range(bisect_right(ends, gold.start), bisect_right(ends, gold.start + len(gold.text) - 1) + 1))
    return sorted(numbers)


def _hold_out(
    pairs: Sequence[Pair], units: Sequence[Hashable], ranks: Sequence[bytes], fraction: float, by: SplitUnit
) -> Split | None:
    """Move whole units to the test, in the order of their ranks, while that brings it nearer to its size.

    A unit that would be most of the test by itself is used only if the others do not suffice: one large document is
    less reliable than several small ones. None if there is only one unit.
    """
    members: dict[Hashable, list[int]] = defaultdict(list)
    for i, unit in enumerate(units):
        members[unit].append(i)
    if len(members) < 2:
        return None
    order = sorted(members.values(), key=lambda indices: min(ranks[i] for i in indices))
    target = fraction * len(pairs)
    test: set[int] = set()
    small = [indices for indices in order if len(indices) <= target / 2]
    for indices in small + [indices for indices in order if len(indices) > target / 2]:
        size = len(test) + len(indices)
        if abs(size - target) < abs(len(test) - target) and size < len(pairs):
            test.update(indices)
    if not test:
        smallest: list[int] = min(order, key=len)
        test.update(smallest)
    return Split(
        train=tuple(pair for i, pair in enumerate(pairs) if i not in test),
        test=tuple(pair for i, pair in enumerate(pairs) if i in test),
        by=by,
    )


class _UnionFind:
    """Disjoint sets of hashable items."""

    def __init__(self) -> None:
        self._parents: dict[Hashable, Hashable] = {}

    def find(self, item: Hashable) -> Hashable:
        """Return the representative of an item's set."""
        parent = self._parents.setdefault(item, item)
        while parent != item:
            self._parents[item] = self._parents[parent]
            item, parent = parent, self._parents[parent]
        return item

    def union(self, items: Iterable[Hashable]) -> None:
        """Merge the sets of these items."""
        roots = [self.find(item) for item in items]
        for other in roots[1:]:
            self._parents[self.find(other)] = self.find(roots[0])


def _identities(pairs: Sequence[Pair]) -> list[bytes]:
    """Return digests that identify pairs regardless of their order and of the folders of their files.

    Only the name of a document counts, because its folder depends on how the file of pairs is named.
    """
    contexts: dict[str, bytes] = {}
    identities = []
    for pair in pairs:
        context = pair.context or ""
        if context not in contexts:
            contexts[context] = _digest(context.encode("utf-8", "surrogatepass"))
        identities.append(
            _digest(
                contexts[context],
                *(text.encode("utf-8", "surrogatepass") for text in (Path(pair.document).name, pair.question)),
            )
        )
    return identities


def _context_digests(pairs: Sequence[Pair]) -> list[bytes]:
    contexts = {pair.context or "" for pair in pairs}
    digests = {context: context_digest(context) for context in contexts}
    return [digests[pair.context or ""] for pair in pairs]


def context_digest(context: str) -> bytes:
    """Return a digest that is the same for contexts that differ only in white space and case."""
    return _digest(" ".join(context.casefold().split()).encode("utf-8", "surrogatepass"))


def _digest(*parts: bytes) -> bytes:
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.digest()
