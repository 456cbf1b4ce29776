"""Issues with question–answer pairs, and the report on a set of files."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from docqa.terminal_text import visible
from docqa.wording import counted

_KEPT = 10  # Issues of each kind and effect that a report keeps in full.
_SHOWN = 3  # Of these, how many the text shows.


class IssueKind(StrEnum):
    """What is wrong. The values are part of the JSON report."""

    MALFORMED = "malformed"
    MISSING_FIELD = "missing-field"
    WRONG_TYPE = "wrong-type"
    EMPTY_QUESTION = "empty-question"
    EMPTY_CONTEXT = "empty-context"
    EMPTY_ANSWER = "empty-answer"
    IMPOSSIBLE_WITH_ANSWER = "impossible-with-answer"
    NOT_IN_CONTEXT = "answer-not-in-context"
    TEXT_DIFFERS = "answer-text-differs"
    START_SHIFTED = "start-shifted"
    START_IN_UTF16 = "start-in-utf16"
    START_IN_BYTES = "start-in-bytes"
    START_UNCERTAIN = "start-uncertain"
    SEVERAL_PLACES = "answer-in-several-places"
    TOO_LONG = "answer-too-long"
    DUPLICATE = "duplicate"
    SAME_ID = "same-id"
    CONTRADICTION = "contradiction"
    UNREADABLE_DOCUMENT = "document-unreadable"
    NOT_IN_DOCUMENT = "answer-not-in-document"
    WRONG_PAGE = "wrong-page"
    SHARED_CONTEXT = "shared-context"


class IssueEffect(StrEnum):
    """What was done about it. The values are part of the JSON report."""

    DROPPED = "dropped"
    """The pair is not used."""
    MERGED = "merged"
    """The pair's answers were added to an earlier pair."""
    REPAIRED = "repaired"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue with one pair: where it is, what was expected and found, and what to do about it."""

    kind: IssueKind
    effect: IssueEffect
    file: str
    location: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.file}, {self.location}" if self.location else self.file
        return visible(f"{where}: {self.message}" + (f" ({self.remedy})" if self.remedy else ""))

    def as_dict(self) -> dict[str, str]:
        """Return the issue for the JSON report."""
        return {
            "kind": self.kind,
            "effect": self.effect,
            "file": self.file,
            "place": self.location,
            "message": self.message,
            "remedy": self.remedy,
        }


@dataclass
class LoadReport:
    """What was read and what was done with it: `read` is always `pairs` + `dropped` + `merged`."""

    files: tuple[str, ...] = ()
    read: int = 0
    pairs: int = 0
    answerable: int = 0
    repaired: int = 0
    """Pairs with at least one repair."""
    contexts: int = 0
    """Distinct contexts."""
    documents: int = 0
    """Distinct documents."""
    counts: Counter[tuple[IssueKind, IssueEffect]] = field(default_factory=Counter)
    """The number of all issues."""
    issues: list[Issue] = field(default_factory=list)
    """The first ten of each kind and effect."""

    def add(self, issue: Issue) -> None:
        """Count an issue, and keep it if it is among the first of its kind."""
        key = (issue.kind, issue.effect)
        self.counts[key] += 1
        if self.counts[key] <= _KEPT:
            self.issues.append(issue)

    def count(self, effect: IssueEffect) -> int:
        """Return the number of issues with this effect."""
        return sum(number for (_, found), number in self.counts.items() if found is effect)

    @property
    def unanswerable(self) -> int:
        """Pairs whose context or document does not answer the question."""
        return self.pairs - self.answerable

    @property
    def dropped(self) -> int:
        """Pairs that can't be used."""
        return self.count(IssueEffect.DROPPED)

    @property
    def merged(self) -> int:
        """Pairs that were merged into an earlier one with the same question and context."""
        return self.count(IssueEffect.MERGED)

    def as_text(self) -> str:
        """Return the counts, then each kind of issue with a few examples."""
        return "\n".join(self._lines())

    def as_dict(self) -> dict[str, object]:
        """Return all counts, and the kept issues, for JSON."""
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
            "problems": [issue.as_dict() for issue in self.issues],
        }

    def _lines(self) -> Iterator[str]:
        sources = f" on {counted(self.contexts, 'context')}"
        if self.documents:
            sources += f" of {counted(self.documents, 'document')}"
        kinds = f"{self.answerable:,} answerable, {self.unanswerable:,} unanswerable"
        yield f"{counted(self.pairs, 'pair')}{sources}: {kinds}"
        numbers = {"dropped": self.dropped, "merged": self.merged, "repaired": self.repaired}
        effects = [f"{number:,} {name}" for name, number in numbers.items() if number]
        if self.count(IssueEffect.WARNING):
            effects.append(counted(self.count(IssueEffect.WARNING), "warning"))
        if effects:
            yield f"of {self.read:,} read: {', '.join(effects)}"
        for effect in IssueEffect:
            for kind in IssueKind:
                number = self.counts[kind, effect]
                if not number:
                    continue
                yield f"{effect}, {kind.replace('-', ' ')}: {number:,}"
                examples = [each for each in self.issues if (each.kind, each.effect) == (kind, effect)][:_SHOWN]
                yield from (f"  {example}" for example in examples)
                if number > len(examples):
                    yield f"  and {number - len(examples):,} more"
