"""Which pairs train and which measure: by document, else by context, never by question (pure)."""

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

_SENTENCE_END = re.compile(r"[.!?…]['\"”’)\]]*\s+(?=\W*[^\Wa-z])|\n[^\S\n]*\n\s*")


APART = "take it out of one of them: a reader is tested on what it has not seen"


class SplitUnit(StrEnum):
    """What no two sides of a split have in common."""

    DOCUMENT = "document"
    CONTEXT = "context"
    REGION = "region"


_EXPLAINED = {
    SplitUnit.DOCUMENT: "split by document: no document is in both parts",
    SplitUnit.CONTEXT: "split by context: no context is in both parts, but documents are",
    SplitUnit.REGION: "split by region: both parts ask the same text, about different stretches of it; "
    "a test on a document of its own would say more",
}


@dataclass(frozen=True)
class Split:
    """Two parts of a set of pairs, each in the order in which it came, and what they do not share."""

    train: tuple[Pair, ...]
    test: tuple[Pair, ...]
    by: SplitUnit

    def __iter__(self) -> Iterator[tuple[Pair, ...]]:
        """So that `train, test = split(...)`."""
        yield self.train
        yield self.test

    @property
    def note(self) -> str:
        """What was done, for a person."""
        return f"{sizes(self.train, self.test)}, {_EXPLAINED[self.by]}"


def sizes(train: Sequence[Pair], test: Sequence[Pair]) -> str:
    """How many pairs there are for either, for a person."""
    return f"{len(train):,} {'pair' if len(train) == 1 else 'pairs'} to train and {len(test):,} to test"


def split(pairs: Sequence[Pair], fraction: float, seed: int) -> Split:
    """Put about `fraction` of the pairs aside for a test.

    By document; where that can't come near the fraction (one document, or one that has most of the pairs), by
    context; where there is hardly more than one of these either (pairs that name a document have its text as their
    context), by regions of the text, so that no sentence holds answers of both parts. The same pairs and seed give
    the same parts, in whatever order the pairs come.

    Raises `DocqaError` where no split leaves a pair on both sides.
    """
    if not 0 < fraction < 1:
        raise DocqaError(
            f"the part of the pairs that is put aside was expected between 0 and 1, and is {fraction}",
            "0.1 or 0.2 is usual",
        )
    ranks = [_digest(str(seed).encode(), identity) for identity in _identities(pairs)]
    possible: list[tuple[float, Split]] = []
    for by, parts in ((SplitUnit.DOCUMENT, _documents(pairs)), (SplitUnit.CONTEXT, [pair.context for pair in pairs])):
        found = _divide(pairs, parts, ranks, fraction, by)
        if found:
            share = len(found.test) / len(pairs)
            # From half of what was asked to twice as much: a strict split that is a bit off beats an exact loose one.
            if fraction / 2 <= share <= min(2 * fraction, (1 + fraction) / 2):
                return found
            possible.append((abs(share - fraction), found))
    if possible:
        return min(possible, key=lambda each: each[0])[1]
    found = _divide(pairs, _regions(pairs, fraction), ranks, fraction, SplitUnit.REGION)
    if found:
        return found
    raise DocqaError(
        f"pairs from at least two places were expected, to train with one and test with the other; found {len(pairs)}"
        + (", all about the same sentence" if len(pairs) > 1 else ""),
        "add pairs about other sentences or documents, or give the test a file of its own",
    )


def sample(pairs: Sequence[Pair], per_context: int, seed: int = 0) -> tuple[Pair, ...]:
    """At most so many pairs of each context, in their order; the same ones for a seed, however the pairs are ordered.

    For sets that ask a hundred questions of one paragraph: the thirty-first teaches little that is new.
    """
    if per_context < 1:
        raise DocqaError(f"at least 1 pair a context was expected, found {per_context}", "leave it out to take all")
    members: dict[str | None, list[int]] = defaultdict(list)
    for i, pair in enumerate(pairs):
        members[pair.context].append(i)
    ranks = [_digest(str(seed).encode(), identity) for identity in _identities(pairs)]
    chosen: set[int] = set()
    for indices in members.values():
        chosen.update(sorted(indices, key=ranks.__getitem__)[:per_context])
    return tuple(pair for i, pair in enumerate(pairs) if i in chosen)


@dataclass(frozen=True)
class Overlap:
    """What a training set shares with a test set: its pairs on the test's contexts, and a problem for each context."""

    pairs: tuple[Pair, ...]
    problems: tuple[Issue, ...]


def overlap(train: Sequence[Pair], test: Sequence[Pair], file: str = "", test_file: str = "the test") -> Overlap:
    """Find the training pairs whose context is in the test, white space and case aside.

    A reader that has seen the paragraphs that it is measured on is measured as better than it is.
    """
    tested: dict[bytes, Pair] = {}
    for sight, pair in zip(_sights(test), test, strict=True):
        tested.setdefault(sight, pair)
    shared: dict[bytes, list[Pair]] = defaultdict(list)
    for sight, pair in zip(_sights(train), train, strict=True):
        if sight in tested:
            shared[sight].append(pair)
    problems = tuple(
        Issue(
            IssueKind.SHARED_CONTEXT,
            IssueEffect.WARNING,
            file,
            members[0].place,
            f"this context is in {test_file} too, at {tested[sight].place}, "
            f"and {len(members)} training pairs ask about it",
            APART,
        )
        for sight, members in shared.items()
    )
    return Overlap(tuple(pair for members in shared.values() for pair in members), problems)


def _documents(pairs: Sequence[Pair]) -> list[Hashable]:
    """Pairs belong together if they share a document, or a context: two documents may quote the same paragraph."""
    joined = _Joined()
    for pair in pairs:
        joined.join([("context", pair.context), ("document", pair.document)] if pair.document else [])
    return [joined.root(("context", pair.context)) for pair in pairs]


def _regions(pairs: Sequence[Pair], fraction: float) -> list[Hashable]:
    """Cut each context into stretches with about as many pairs each; what is said in one sentence is never cut.

    Of neighbouring sentences one may tell what the other is asked for; in stretches, few have a neighbour elsewhere.
    """
    stretches = round(2 / min(fraction, 1 - fraction))
    members: dict[str, list[int]] = defaultdict(list)
    for i, pair in enumerate(pairs):
        members[pair.context or ""].append(i)
    parts: list[Hashable] = [None] * len(pairs)
    for context, indices in members.items():
        ends = [found.end() for found in _SENTENCE_END.finditer(context)]
        joined = _Joined()
        sentences = {i: _sentences(ends, pairs[i].answers) for i in indices}
        for each in sentences.values():
            joined.join(each)
        first: dict[Hashable, int] = {}
        sizes: Counter[Hashable] = Counter()
        for each in sentences.values():
            if each:
                root = joined.root(each[0])
                first[root] = min(each[0], first.get(root, each[0]))
                sizes[root] += 1
        stretch: dict[Hashable, int] = {}
        before = 0
        for root in sorted(first, key=first.__getitem__):
            stretch[root] = before * stretches // sizes.total()
            before += sizes[root]
        for i, each in sentences.items():
            # A question without an answer is about no sentence: it is a part of its own, with those that are worded so.
            parts[i] = (context, stretch[joined.root(each[0])] if each else pairs[i].question.casefold())
    return parts


def _sentences(ends: list[int], answers: Iterable[Gold]) -> list[int]:
    """The numbers of the sentences that the answers are in, in order."""
    numbers: set[int] = set()
    for gold in answers:
        numbers.update(range(bisect_right(ends, gold.start), bisect_right(ends, gold.start + len(gold.text) - 1) + 1))
    return sorted(numbers)


def _divide(
    pairs: Sequence[Pair], parts: Sequence[Hashable], ranks: Sequence[bytes], fraction: float, by: SplitUnit
) -> Split | None:
    """Put whole parts into the test, in the order of their ranks, while that brings it nearer to its size.

    A part that would be most of the test by itself is taken only if the others do not suffice: one big document says
    less than several small ones. None where there is only one part.
    """
    members: dict[Hashable, list[int]] = defaultdict(list)
    for i, part in enumerate(parts):
        members[part].append(i)
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


class _Joined:
    """Which things belong together because a chain of shared ones leads from one to the other (union-find)."""

    def __init__(self) -> None:
        self._above: dict[Hashable, Hashable] = {}

    def root(self, thing: Hashable) -> Hashable:
        above = self._above.setdefault(thing, thing)
        while above != thing:
            self._above[thing] = self._above[above]
            thing, above = above, self._above[above]
        return thing

    def join(self, things: Iterable[Hashable]) -> None:
        roots = [self.root(thing) for thing in things]
        for other in roots[1:]:
            self._above[self.root(other)] = self.root(roots[0])


def _identities(pairs: Sequence[Pair]) -> list[bytes]:
    """What tells a pair from all others, whatever the order of its file and wherever that and its document lie.

    Of a document's path only its name counts: the folder is another one where the pairs are named from elsewhere.
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


def _sights(pairs: Sequence[Pair]) -> list[bytes]:
    contexts = {pair.context or "" for pair in pairs}
    sights = {context: context_digest(context) for context in contexts}
    return [sights[pair.context or ""] for pair in pairs]


def context_digest(context: str) -> bytes:
    """What a reader sees of a context: the same for two that differ in white space and case."""
    return _digest(" ".join(context.casefold().split()).encode("utf-8", "surrogatepass"))


def _digest(*parts: bytes) -> bytes:
    whole = blake2b(digest_size=16)
    for part in parts:
        whole.update(len(part).to_bytes(8, "little") + part)
    return whole.digest()
