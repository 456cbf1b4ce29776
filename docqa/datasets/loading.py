"""Many files to one set of pairs: what is asked twice is one pair, and every record is accounted for."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from docqa.datasets.document_alignment import DocumentTexts
from docqa.datasets.formats import read_records
from docqa.datasets.issues import Issue, IssueEffect, IssueKind, LoadReport
from docqa.datasets.pair import Gold, Pair
from docqa.datasets.raw_record import shorten
from docqa.datasets.splitting import APART, context_digest
from docqa.datasets.validation import PairValidator
from docqa.documents import Document
from docqa.progress import Monitor


@dataclass(frozen=True)
class LoadedPairs:
    """Pairs that are ready to use, and the account of how they came about.

    In every pair `context[gold.start:gold.start + len(gold.text)] == gold.text` holds for every gold, and equal
    contexts are one object. `documents` are those that pairs name, by `Pair.document`.
    """

    pairs: tuple[Pair, ...]
    report: LoadReport
    documents: dict[str, Document]


def load(paths: Sequence[str | Path], monitor: Monitor | None = None, *, merge: bool = True) -> LoadedPairs:
    """Load, check and repair the pairs of these files.

    With `merge`, a question that is put twice to the same context is one pair, with the answers of both; without, it
    stays two, which is what a measurement wants that has to agree with another one's count.

    Raises `DocqaError` where a file can't be read at all; a pair that can't be used is in the report.
    """
    pairs: list[Pair] = []
    contexts: dict[str, str] = {}
    documents = DocumentTexts()
    report = LoadReport(tuple(map(str, paths)))
    for at, pair, _ in _gather(paths, report, documents, monitor or Monitor(), merge):
        assert pair.context is not None  # noqa: S101 - for mypy: the checker reads the documents
        shared = replace(pair, context=contexts.setdefault(pair.context, pair.context))
        if at == len(pairs):
            pairs.append(shared)
        else:
            pairs[at] = shared
    return LoadedPairs(tuple(pairs), report, documents.by_name())


def check(
    paths: Sequence[str | Path],
    monitor: Monitor | None = None,
    *,
    against: Sequence[str | Path] = (),
    merge: bool = True,
) -> LoadReport:
    """Check files as `load` does and with the same report, keeping no pair in memory.

    Contexts that are also in the files `against`, those of the test, are told; these files are not reported on
    otherwise. Raises `DocqaError` where a file can't be read at all.
    """
    report = LoadReport(tuple(map(str, paths)))
    monitor = monitor or Monitor()
    documents = DocumentTexts()
    with closing(_Contexts()) as tested:
        for _, pair, file in _gather(against, LoadReport(), documents, monitor, merge):
            tested.note(pair, f"{file}, {pair.place}")
        for _, pair, file in _gather(paths, report, documents, monitor, merge):
            where = tested.take(pair) if against else None
            if where:
                message = f"this context is in {where} too"
                report.add(Issue(IssueKind.SHARED_CONTEXT, IssueEffect.WARNING, file, pair.place, message, APART))
    return report


def _gather(
    paths: Sequence[str | Path], report: LoadReport, documents: DocumentTexts, monitor: Monitor, merge: bool
) -> Iterator[tuple[int, Pair, str]]:
    """Give each pair with its number and file; a number that was there before is that pair as it is now."""
    with closing(_Seen()) as seen:
        for path in paths:
            file = str(path)
            checker = PairValidator(file, documents)

            def progress(done: int, total: int, file: str = file) -> None:
                monitor.update("reading pairs", file, done, total)

            for record in read_records(path, progress):
                report.read += 1
                pair, problems = checker.check(record, monitor)
                for problem in problems:
                    report.add(problem)
                if pair is None:
                    continue
                report.repaired += any(problem.effect is IssueEffect.REPAIRED for problem in problems)
                earlier = seen.note(pair, file, report.pairs)
                if earlier:
                    repeat = _repeat(pair, file, earlier, merge)
                    report.add(repeat.problem)
                    if repeat.answers is not None:
                        report.answerable += not earlier.spans
                        seen.amend(pair, earlier if earlier.spans else None, file, repeat.answers)
                        yield earlier.number, replace(pair, answers=repeat.answers), file
                    if merge:
                        continue
                if seen.had_id(pair):
                    message = f"the id {shorten(pair.id)} is another pair's already"
                    remedy = "both are kept; predictions that go by id can't tell them apart"
                    report.add(Issue(IssueKind.SAME_ID, IssueEffect.WARNING, file, pair.place, message, remedy))
                report.contexts, report.documents = seen.contexts, len(seen.documents)
                report.pairs += 1
                report.answerable += bool(pair.answers)
                yield report.pairs - 1, pair, file


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The pair that put a question first: its number, where it stands, and its answers as (start, length)."""

    number: int
    file: str
    place: str
    spans: list[list[int]]


@dataclass(frozen=True, slots=True)
class _Repeat:
    """What a repeated question comes to. `answers` is None where the earlier pair stays as it is."""

    problem: Issue
    answers: tuple[Gold, ...] | None = None


def _repeat(pair: Pair, file: str, earlier: _Earlier, merge: bool) -> _Repeat:
    context = pair.context or ""
    before = tuple(Gold(context[start : start + length], start) for start, length in earlier.spans)
    where = earlier.place if earlier.file == file else f"{earlier.file}, {earlier.place}"
    question = shorten(pair.question)

    def problem(kind: IssueKind, effect: IssueEffect, message: str, remedy: str) -> Issue:
        if not merge:
            effect, remedy = IssueEffect.WARNING, "both are kept"
        return Issue(kind, effect, file, pair.place, message, remedy)

    if set(before) == set(pair.answers):
        message = f"{question} and its answer stand at {where} already"
        return _Repeat(problem(IssueKind.DUPLICATE, IssueEffect.MERGED, message, "kept once"))
    if not before or not pair.answers:
        # An answer that stands in the context speaks for itself; nothing speaks for there being none.
        answer = shorten((before or pair.answers)[0].text)
        if before:
            message = f"{question} has no answer here, and {answer} at {where}"
            return _Repeat(
                problem(IssueKind.CONTRADICTION, IssueEffect.DROPPED, message, "take out the one that is wrong")
            )
        message = f"{question} has no answer here, and {answer} at {pair.place}"
        lost = Issue(
            IssueKind.CONTRADICTION,
            IssueEffect.DROPPED,
            earlier.file,
            earlier.place,
            message,
            "take out the one that is wrong",
        )
        if merge:
            return _Repeat(lost, pair.answers)
        return _Repeat(replace(lost, effect=IssueEffect.WARNING, remedy="both are kept"))
    both = f"{shorten(before[0].text)} at {where}, and {shorten(pair.answers[0].text)} here"
    overlap = any(
        one.start < other.start + len(other.text) and other.start < one.start + len(one.text)
        for one in before
        for other in pair.answers
    )
    if overlap:
        message, kind = f"{question} is answered with {both}", IssueKind.DUPLICATE
    else:
        message, kind = f"{question} is answered with {both}, which have nothing in common", IssueKind.CONTRADICTION
    merged = None
    if merge:
        merged = before + tuple(gold for gold in pair.answers if gold not in before)
    return _Repeat(problem(kind, IssueEffect.MERGED, message, "one pair that accepts both"), merged)


class _Seen:
    """Which questions were put to which contexts, by 16-byte digests, in a temporary database.

    SQLite keeps it on disk when it outgrows the cache, so that memory does not grow with the file.
    """

    def __init__(self) -> None:
        self._base = _temporary_base()
        for statement in (
            "CREATE TABLE pairs (key BLOB PRIMARY KEY, number INT, file TEXT, place TEXT, spans TEXT) WITHOUT ROWID",
            "CREATE TABLE contexts (key BLOB PRIMARY KEY) WITHOUT ROWID",
            "CREATE TABLE ids (key BLOB PRIMARY KEY) WITHOUT ROWID",
        ):
            self._base.execute(statement)
        self.contexts = 0
        self.documents: set[str] = set()
        self._context: tuple[str, bytes] | None = None

    def had_id(self, pair: Pair) -> bool:
        """Note a pair's id, and tell whether it was there before."""
        added = self._base.execute("INSERT OR IGNORE INTO ids VALUES (?)", (_digest(pair.id),))
        return not added.rowcount

    def note(self, pair: Pair, file: str, number: int) -> _Earlier | None:
        """Note a pair, unless its question was put to its context before: then give the pair that did."""
        if pair.document:
            self.documents.add(pair.document)
        key = self._key(pair)
        spans = _spans(pair.answers)
        added = self._base.execute(
            "INSERT OR IGNORE INTO pairs VALUES (?, ?, ?, ?, ?)", (key, number, file, pair.place, spans)
        )
        if added.rowcount:
            return None
        row = self._base.execute("SELECT number, file, place, spans FROM pairs WHERE key = ?", (key,)).fetchone()
        return _Earlier(row[0], row[1], row[2], json.loads(row[3]))

    def amend(self, pair: Pair, earlier: _Earlier | None, file: str, answers: tuple[Gold, ...]) -> None:
        """Note the answers that a question has now, and, where there is no earlier pair that holds, its place."""
        place = (earlier.file, earlier.place) if earlier else (file, pair.place)
        self._base.execute(
            "UPDATE pairs SET file = ?, place = ?, spans = ? WHERE key = ?", (*place, _spans(answers), self._key(pair))
        )

    def close(self) -> None:
        """Give the database up."""
        self._base.close()

    def _key(self, pair: Pair) -> bytes:
        context = pair.context or ""
        if self._context is None or self._context[0] is not context:
            digest = _digest(context)
            added = self._base.execute("INSERT OR IGNORE INTO contexts VALUES (?)", (digest,))
            self.contexts += added.rowcount
            self._context = (context, digest)
        return _digest(" ".join(pair.question.casefold().split()), self._context[1])


class _Contexts:
    """Where a context was first, in a temporary database too."""

    def __init__(self) -> None:
        self._base = _temporary_base()
        self._base.execute("CREATE TABLE contexts (key BLOB PRIMARY KEY, place TEXT) WITHOUT ROWID")

    def note(self, pair: Pair, place: str) -> None:
        """Note a pair's context and its place, unless it is there."""
        self._base.execute("INSERT OR IGNORE INTO contexts VALUES (?, ?)", (context_digest(pair.context or ""), place))

    def take(self, pair: Pair) -> str | None:
        """Give the place of a pair's context and forget it, so that it is told once."""
        key = (context_digest(pair.context or ""),)
        row = self._base.execute("SELECT place FROM contexts WHERE key = ?", key).fetchone()
        if row is None:
            return None
        self._base.execute("DELETE FROM contexts WHERE key = ?", key)
        return str(row[0])

    def close(self) -> None:
        """Give the database up."""
        self._base.close()


def _temporary_base() -> sqlite3.Connection:
    base = sqlite3.connect("", isolation_level=None)
    # The cache is in KiB; without a journal, as nobody comes back to this.
    for statement in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -16384"):
        base.execute(f"PRAGMA {statement}")
    base.execute("BEGIN")
    return base


def _spans(answers: tuple[Gold, ...]) -> str:
    return json.dumps([[gold.start, len(gold.text)] for gold in answers])


def _digest(text: str, salt: bytes = b"") -> bytes:
    return blake2b(salt + text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
