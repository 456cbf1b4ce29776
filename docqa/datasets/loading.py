"""Load files as one set of pairs: repeated questions are merged, and every record is accounted for."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from docqa.datasets.document_alignment import DocumentTexts
from docqa.datasets.formats import read_records
from docqa.datasets.issues import Issue, IssueEffect, IssueKind, LoadReport
from docqa.datasets.pair import Gold, Pair
from docqa.datasets.raw_record import shorten
from docqa.datasets.splitting import SHARED_CONTEXT_REMEDY, context_digest
from docqa.datasets.validation import PairValidator
from docqa.documents import Document
from docqa.errors import DocqaError
from docqa.progress import Monitor

LengthCheck = Callable[[str], DocqaError | None]
"""Called with an answer; an error if it is longer than the reader that is to learn it ever gives."""


@dataclass(frozen=True)
class LoadedPairs:
    """Usable pairs, and the report on how they were loaded.

    `context[gold.start:gold.start + len(gold.text)] == gold.text` holds for every gold of every pair, and equal
    contexts are one object.
    """

    pairs: tuple[Pair, ...]
    report: LoadReport
    documents: dict[str, Document]
    """The documents that pairs refer to, by `Pair.document`."""


def load(
    paths: Sequence[str | Path],
    monitor: Monitor | None = None,
    *,
    merge: bool = True,
    too_long: LengthCheck | None = None,
) -> LoadedPairs:
    """Load, validate and repair the pairs of these files.

    With `merge`, a question that is asked twice about the same context becomes one pair with the answers of both.
    Without, both are kept, as an evaluation needs that counts questions like another one does. Pairs of which every
    answer is `too_long` are reported.

    Raises `DocqaError` if a file can't be read at all; unusable pairs are in the report.
    """
    pairs: list[Pair] = []
    contexts: dict[str, str] = {}
    documents = DocumentTexts()
    report = LoadReport(tuple(map(str, paths)))
    for index, pair, _ in _pairs(paths, report, documents, monitor or Monitor(), merge=merge, too_long=too_long):
        assert pair.context is not None  # noqa: S101 - for mypy: the validator reads the documents
        shared = replace(pair, context=contexts.setdefault(pair.context, pair.context))
        if index == len(pairs):
            pairs.append(shared)
        else:
            pairs[index] = shared
    return LoadedPairs(tuple(pairs), report, documents.by_name())


def check(
    paths: Sequence[str | Path],
    monitor: Monitor | None = None,
    *,
    against: Sequence[str | Path] = (),
    merge: bool = True,
    too_long: LengthCheck | None = None,
) -> LoadReport:
    """Return the report that `load` would, without keeping pairs in memory.

    It also has the contexts that occur in the files `against`, those of the test. Raises `DocqaError` if a file can't
    be read at all.
    """
    report = LoadReport(tuple(map(str, paths)))
    monitor = monitor or Monitor()
    documents = DocumentTexts()
    with closing(_TestContexts()) as test:
        for _, pair, file in _pairs(against, LoadReport(), documents, monitor, merge=merge):
            test.add(pair, f"{file}, {pair.location}")
        for _, pair, file in _pairs(paths, report, documents, monitor, merge=merge, too_long=too_long):
            where = test.pop(pair) if against else None
            if where:
                message = f"this context is also in {where}"
                report.add(
                    Issue(
                        IssueKind.SHARED_CONTEXT,
                        IssueEffect.WARNING,
                        file,
                        pair.location,
                        message,
                        SHARED_CONTEXT_REMEDY,
                    )
                )
    return report


def _pairs(
    paths: Sequence[str | Path],
    report: LoadReport,
    documents: DocumentTexts,
    monitor: Monitor,
    *,
    merge: bool,
    too_long: LengthCheck | None = None,
) -> Iterator[tuple[int, Pair, str]]:
    """Yield each pair with its index and file. An index that was yielded before replaces that pair."""
    with closing(_SeenPairs()) as seen:
        for path in paths:
            file = str(path)
            validator = PairValidator(file, documents)

            def progress(done: int, total: int, file: str = file) -> None:
                monitor.update("reading pairs", file, done, total)

            for record in read_records(path, progress):
                report.read += 1
                pair, issues = validator.validate(record, monitor)
                for issue in issues:
                    report.add(issue)
                if pair is None:
                    continue
                errors = [too_long(gold.text) for gold in pair.answers] if too_long else []
                if errors and errors[0] is not None and all(errors):
                    why, remedy = errors[0].message, errors[0].hint
                    report.add(Issue(IssueKind.TOO_LONG, IssueEffect.WARNING, file, pair.location, why, remedy))
                report.repaired += any(issue.effect is IssueEffect.REPAIRED for issue in issues)
                earlier = seen.add(pair, file, report.pairs)
                if earlier:
                    repetition = _resolve(pair, file, earlier, merge)
                    report.add(repetition.issue)
                    if repetition.answers is not None:
                        report.answerable += not earlier.spans
                        seen.update(pair, earlier if earlier.spans else None, file, repetition.answers)
                        origin = earlier.file if earlier.spans else file
                        yield earlier.index, replace(pair, answers=repetition.answers, file=origin), file
                    if merge:
                        continue
                if seen.add_id(pair):
                    message = f"another pair has the id {shorten(pair.id)}"
                    remedy = "both are kept, but predictions by id can't tell them apart"
                    report.add(Issue(IssueKind.SAME_ID, IssueEffect.WARNING, file, pair.location, message, remedy))
                report.contexts, report.documents = seen.contexts, len(seen.documents)
                report.pairs += 1
                report.answerable += bool(pair.answers)
                yield report.pairs - 1, pair, file


@dataclass(frozen=True, slots=True)
class _EarlierPair:
    """The pair that first asked a question: its index, location, and answers as (start, length)."""

    index: int
    file: str
    location: str
    spans: list[list[int]]


@dataclass(frozen=True, slots=True)
class _Repetition:
    """The outcome of a repeated question."""

    issue: Issue
    answers: tuple[Gold, ...] | None = None
    """The merged answers, or None if the earlier pair stays as it is."""


def _resolve(pair: Pair, file: str, earlier: _EarlierPair, merge: bool) -> _Repetition:
    context = pair.context or ""
    before = tuple(Gold(context[start : start + length], start) for start, length in earlier.spans)
    where = earlier.location if earlier.file == file else f"{earlier.file}, {earlier.location}"
    question = shorten(pair.question)

    def issue(kind: IssueKind, effect: IssueEffect, message: str, remedy: str) -> Issue:
        if not merge:
            effect, remedy = IssueEffect.WARNING, "both are kept"
        return Issue(kind, effect, file, pair.location, message, remedy)

    if set(before) == set(pair.answers):
        message = f"{question} is already at {where}, with the same answer"
        return _Repetition(issue(IssueKind.DUPLICATE, IssueEffect.MERGED, message, "kept once"))
    if not before or not pair.answers:
        # Answers are in the context, which is evidence for them; there is none for the claim that there is no answer.
        answer, remedy = shorten((before or pair.answers)[0].text), "remove the one that is wrong"
        if before:
            message = f"{question} has no answer here, but {answer} at {where}"
            return _Repetition(issue(IssueKind.CONTRADICTION, IssueEffect.DROPPED, message, remedy))
        message = f"{question} has no answer here, but {answer} at {pair.location}"
        dropped = Issue(IssueKind.CONTRADICTION, IssueEffect.DROPPED, earlier.file, earlier.location, message, remedy)
        if merge:
            return _Repetition(dropped, pair.answers)
        return _Repetition(replace(dropped, effect=IssueEffect.WARNING, remedy="both are kept"))
    message = f"{question} is answered by {shorten(before[0].text)} at {where}, and by "
    message += f"{shorten(pair.answers[0].text)} here"
    kind = IssueKind.DUPLICATE
    if not _overlap(before, pair.answers):
        message, kind = f"{message}, which do not overlap", IssueKind.CONTRADICTION
    merged = before + tuple(gold for gold in pair.answers if gold not in before) if merge else None
    return _Repetition(issue(kind, IssueEffect.MERGED, message, "merged into one pair that accepts both"), merged)


def _overlap(golds: Sequence[Gold], others: Sequence[Gold]) -> bool:
    return any(
        gold.start < other.start + len(other.text) and other.start < gold.start + len(gold.text)
        for gold in golds
        for other in others
    )


class _SeenPairs:
    """The questions asked about each context, as 16-byte digests in a temporary database.

    SQLite moves it to disk when it outgrows the cache, so that memory does not grow with the file.
    """

    def __init__(self) -> None:
        self._database = _temporary_database()
        for statement in (
            "CREATE TABLE pairs (key BLOB PRIMARY KEY, number INT, file TEXT, location TEXT, spans TEXT) WITHOUT ROWID",
            "CREATE TABLE contexts (key BLOB PRIMARY KEY) WITHOUT ROWID",
            "CREATE TABLE ids (key BLOB PRIMARY KEY) WITHOUT ROWID",
        ):
            self._database.execute(statement)
        self.contexts = 0
        self.documents: set[str] = set()
        self._context: tuple[str, bytes] | None = None

    def add_id(self, pair: Pair) -> bool:
        """Add a pair's id, and return whether another pair has it."""
        added = self._database.execute("INSERT OR IGNORE INTO ids VALUES (?)", (_digest(pair.id),))
        return not added.rowcount

    def add(self, pair: Pair, file: str, index: int) -> _EarlierPair | None:
        """Add a pair, or return the earlier pair with the same question and context."""
        if pair.document:
            self.documents.add(pair.document)
        key = self._key(pair)
        spans = _spans(pair.answers)
        added = self._database.execute(
            "INSERT OR IGNORE INTO pairs VALUES (?, ?, ?, ?, ?)", (key, index, file, pair.location, spans)
        )
        if added.rowcount:
            return None
        row = self._database.execute("SELECT number, file, location, spans FROM pairs WHERE key = ?", (key,)).fetchone()
        return _EarlierPair(row[0], row[1], row[2], json.loads(row[3]))

    def update(self, pair: Pair, earlier: _EarlierPair | None, file: str, answers: tuple[Gold, ...]) -> None:
        """Set the answers of a question, and its location: that of the earlier pair unless it was dropped."""
        location = (earlier.file, earlier.location) if earlier else (file, pair.location)
        self._database.execute(
            "UPDATE pairs SET file = ?, location = ?, spans = ? WHERE key = ?",
            (*location, _spans(answers), self._key(pair)),
        )

    def close(self) -> None:
        """Delete the database."""
        self._database.close()

    def _key(self, pair: Pair) -> bytes:
        context = pair.context or ""
        if self._context is None or self._context[0] is not context:
            digest = _digest(context)
            added = self._database.execute("INSERT OR IGNORE INTO contexts VALUES (?)", (digest,))
            self.contexts += added.rowcount
            self._context = (context, digest)
        return _digest(" ".join(pair.question.casefold().split()), self._context[1])


class _TestContexts:
    """The contexts of the test files with their locations, in a temporary database."""

    def __init__(self) -> None:
        self._database = _temporary_database()
        self._database.execute("CREATE TABLE contexts (key BLOB PRIMARY KEY, location TEXT) WITHOUT ROWID")

    def add(self, pair: Pair, location: str) -> None:
        """Add a pair's context, unless it is there already."""
        key = context_digest(pair.context or "")
        self._database.execute("INSERT OR IGNORE INTO contexts VALUES (?, ?)", (key, location))

    def pop(self, pair: Pair) -> str | None:
        """Return the location of a pair's context and remove it, so that it is reported once."""
        key = (context_digest(pair.context or ""),)
        row = self._database.execute("SELECT location FROM contexts WHERE key = ?", key).fetchone()
        if row is None:
            return None
        self._database.execute("DELETE FROM contexts WHERE key = ?", key)
        return str(row[0])

    def close(self) -> None:
        """Delete the database."""
        self._database.close()


def _temporary_database() -> sqlite3.Connection:
    database = sqlite3.connect("", isolation_level=None)
    # The cache size is in KiB. No journal is needed, because the database is never reopened.
    for statement in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -16384"):
        database.execute(f"PRAGMA {statement}")
    database.execute("BEGIN")
    return database


def _spans(answers: tuple[Gold, ...]) -> str:
    return json.dumps([[gold.start, len(gold.text)] for gold in answers])


def _digest(text: str, salt: bytes = b"") -> bytes:
    return blake2b(salt + text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
