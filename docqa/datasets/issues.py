"""What can be wrong with a question–answer pair, and the account of a whole file of them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

KEPT = 10  # Problems of each kind that a report keeps in full; the others are only counted.
_SHOWN = 3  # Of these, what is shown to a person.


class IssueKind(StrEnum):
    """One name for each thing that can be wrong; the names are part of the JSON report."""

    MALFORMED = "malformed"
    MISSING_FIELD = "missing-field"
    WRONG_TYPE = "wrong-type"
    EMPTY_QUESTION = "empty-question"
    EMPTY_CONTEXT = "empty-context"
    EMPTY_ANSWER = "empty-answer"
    IMPOSSIBLE = "impossible-with-answer"
    NOT_IN_CONTEXT = "answer-not-in-context"
    TEXT_DIFFERS = "answer-text-differs"
    SHIFTED = "start-shifted"
    UTF16 = "start-in-utf16"
    BYTES = "start-in-bytes"
    UNCERTAIN_START = "start-uncertain"
    SEVERAL_PLACES = "answer-in-several-places"
    DUPLICATE = "duplicate"
    SAME_ID = "same-id"
    CONTRADICTION = "contradiction"
    DOCUMENT = "document-unreadable"
    NOT_IN_DOCUMENT = "answer-not-in-document"
    PAGE = "wrong-page"
    SHARED_CONTEXT = "shared-context"


class IssueEffect(StrEnum):
    """What became of the pair.

    A dropped pair is lost and somebody should look at it; a merged one is not lost, its answers stand in another pair.
    """

    DROPPED = "dropped"
    MERGED = "merged"
    REPAIRED = "repaired"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong with one pair: where it stands, what was expected and found, and what to do about it."""

    kind: IssueKind
    effect: IssueEffect
    file: str
    place: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.file}, {self.place}" if self.place else self.file
        return f"{where}: {self.message}" + (f" ({self.remedy})" if self.remedy else "")

    def as_dict(self) -> dict[str, str]:
        """The problem for a machine."""
        return {
            "kind": self.kind,
            "effect": self.effect,
            "file": self.file,
            "place": self.place,
            "message": self.message,
            "remedy": self.remedy,
        }


@dataclass
class LoadReport:
    """What was read and what became of it: `read` = `pairs` + `dropped` + `merged`, always.

    `repaired` are pairs, however much had to be repaired in each. `contexts` and `documents` are counted once however
    many pairs share them. `problems` holds the first `KEPT` of each kind and effect; `counts` has them all.
    """

    files: tuple[str, ...] = ()
    read: int = 0
    pairs: int = 0
    answerable: int = 0
    repaired: int = 0
    contexts: int = 0
    documents: int = 0
    counts: Counter[tuple[IssueKind, IssueEffect]] = field(default_factory=Counter)
    problems: list[Issue] = field(default_factory=list)

    def add(self, problem: Issue) -> None:
        """Count a problem, and keep it if it is among the first of its kind."""
        key = (problem.kind, problem.effect)
        self.counts[key] += 1
        if self.counts[key] <= KEPT:
            self.problems.append(problem)

    def count(self, effect: IssueEffect) -> int:
        """Problems of this effect."""
        return sum(number for (_, found), number in self.counts.items() if found is effect)

    @property
    def unanswerable(self) -> int:
        """Pairs whose question has no answer in its context or document."""
        return self.pairs - self.answerable

    @property
    def dropped(self) -> int:
        """Pairs that can't be used."""
        return self.count(IssueEffect.DROPPED)

    @property
    def merged(self) -> int:
        """Pairs that went into an earlier one with the same question and context."""
        return self.count(IssueEffect.MERGED)

    @property
    def errors(self) -> int:
        """Problems that cost a pair: the same number as `dropped`."""
        return self.dropped

    def as_text(self) -> str:
        """For a person: what there is, then each kind of problem with a few examples."""
        return "\n".join(self._lines())

    def as_dict(self) -> dict[str, object]:
        """For a machine: every count, and the kept problems."""
        return {
            "files": list(self.files),
            "read": self.read,
            "pairs": self.pairs,
            "answerable": self.answerable,
            "unanswerable": self.unanswerable,
            "contexts": self.contexts,
            "documents": self.documents,
            "dropped": self.dropped,
            "merged": self.merged,
            "repaired": self.repaired,
            "warnings": self.count(IssueEffect.WARNING),
            "kinds": {
                kind: {effect: self.counts[kind, effect] for effect in IssueEffect if self.counts[kind, effect]}
                for kind in IssueKind
                if any(self.counts[kind, effect] for effect in IssueEffect)
            },
            "problems": [problem.as_dict() for problem in self.problems],
        }

    def _lines(self) -> Iterator[str]:
        grouped = f" on {_number(self.contexts, 'context')}"
        if self.documents:
            grouped += f" of {_number(self.documents, 'document')}"
        yield f"{_number(self.pairs, 'pair')}{grouped}: {self.answerable:,} answerable, {self.unanswerable:,} not"
        numbers = {"dropped": self.dropped, "merged": self.merged, "repaired": self.repaired}
        changed = [f"{number:,} {name}" for name, number in numbers.items() if number]
        if self.count(IssueEffect.WARNING):
            changed.append(_number(self.count(IssueEffect.WARNING), "warning"))
        if changed:
            yield f"of {self.read:,} read: {', '.join(changed)}"
        for effect in IssueEffect:
            for kind in IssueKind:
                number = self.counts[kind, effect]
                if not number:
                    continue
                yield f"{effect}, {kind.replace('-', ' ')}: {number:,}"
                examples = [each for each in self.problems if (each.kind, each.effect) == (kind, effect)][:_SHOWN]
                yield from (f"  {example}" for example in examples)
                if number > len(examples):
                    yield f"  and {number - len(examples):,} more"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
