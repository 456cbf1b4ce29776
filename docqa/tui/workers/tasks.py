"""What runs in worker threads: opening documents, asking questions. It posts messages and touches no widget.

`docqa.engine` is imported here, in the worker: numpy, the tokenizers and later torch come with it, and the
first frame is not to wait for them.
"""

import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from textual.message import Message

from docqa.config import Settings
from docqa.errors import DocqaError
from docqa.progress import Cancelled, Monitor, Progress
from docqa.tui import messages
from docqa.tui.state.session import AskedQuestion
from docqa.userdata import history

if TYPE_CHECKING:
    from docqa.answers import Result
    from docqa.engine import Collection, Engine, Failure, Indexed
    from docqa.tui.state.feedback import Verdict
    from docqa.userdata.corrections import Correction

Stamp = tuple[int, int] | None
"""A file's time of change and size; None where there is none."""

Post = Callable[[Message], object]

_INTERVAL = 0.05  # Seconds between two reports of one stage: a screen needs no more.


class DocumentLoader:
    """Opens documents, and remembers which are open: a second run opens only the others."""

    def __init__(self, paths: Sequence[str], settings: Settings, password: str | None, post: Post) -> None:
        self.paths = tuple(paths)
        """What is opened: files and folders, as the person named them."""
        self._wanted = settings
        self._anew = False
        self._password = password
        self._post = post
        self._engine: Engine | None = None
        self._opened: dict[str, Indexed] = {}
        self._stamps: dict[str, Stamp] = {}
        """Of each document, what its file looked like when it was opened."""
        self._reported: tuple[str, str, float] = ("", "", 0.0)
        self._remembered: tuple[str, ...] = ()

    def take(self, paths: Iterable[str], *, instead: bool = False) -> None:
        """Let the next run open these too, or these alone."""
        self.paths = tuple(dict.fromkeys([*(() if instead else self.paths), *paths]))

    def use(self, settings: Settings, *, anew: bool) -> None:
        """Let other settings hold from the next run on; whether all is opened anew: tokens and vectors are the models'.

        A run that is under way is not disturbed.
        """
        self._wanted = settings
        self._anew = self._anew or anew

    def look(self) -> None:
        """Look whether a file is another than when it was opened. Posts `DocumentsChanged` if one is."""
        stamps = [(name, self._stamps[name], _stamp(name)) for name in list(self._opened)]
        changed = [name for name, then, now in stamps if now not in {then, None}]
        if changed:
            self._post(messages.DocumentsChanged(tuple(changed)))

    def forget(self, names: Iterable[str]) -> None:
        """Let these be opened anew by the next run."""
        for name in names:
            self._opened.pop(name, None)

    def too_long(self, answer: str) -> DocqaError | None:
        """What to say of an answer that is longer than the reader gives any; None where it is not, or unknown."""
        if self._engine is None:
            return None
        reader = self._engine.reader
        tokens, most = len(reader.tokenizer.encode(answer, add_special_tokens=False)), reader.max_answer_length
        if tokens <= most:
            return None
        return DocqaError(
            f"this has {tokens} tokens, and the reader's answers have at most {most}: it can't be learned",
            "choose fewer words, or raise max_answer_length",
        )

    def run(self, cancel: Event) -> None:
        """Open what is not open yet. Posts `DocumentsOpened` or `OpeningFailed`, and raises nothing."""
        try:
            self._run(Monitor(self._report, cancel))
        except DocqaError as error:
            self._post(messages.OpeningFailed(error))
        except Exception as error:  # noqa: BLE001 - shown where the answers would be
            self._post(messages.OpeningFailed(unexpected(error)))

    def _run(self, monitor: Monitor) -> None:
        from docqa.engine import Collection, Engine
        from docqa.models.loading import map_torch

        if self._anew:
            self._anew, self._engine, self._opened = False, None, {}
        wanted = self._wanted
        if self._engine is None:
            self._engine = Engine(wanted)
        elif wanted != self._engine.settings:
            self._engine = self._engine.under(wanted)
        encoder = self._engine.encoder
        if self._engine.reader.needs_torch or (encoder is not None and encoder.needs_torch):
            map_torch()  # Here and not in the thread that loads: whoever maps a library meanwhile waits, lock in hand.
        self._engine.load_in_background()
        self._post(messages.EngineStarted(self._engine.reader.name, encoder.model.name if encoder else ""))
        failures: list[Failure] = []
        cancelled = False
        names: list[str] = []
        try:
            names = self._find(monitor, failures)
            for name in names:
                if name not in self._opened:
                    self._open(name, self._engine, monitor, failures)
        except Cancelled:
            cancelled = True
        opened = [self._opened[name] for name in names if name in self._opened]
        self._post(messages.DocumentsOpened(Collection(self._engine, opened, failures), cancelled=cancelled))

    def _find(self, monitor: Monitor, failures: "list[Failure]") -> list[str]:
        from docqa import documents

        names: list[str] = []
        for path in documents.expand(self.paths):
            monitor.check()
            if isinstance(path, DocqaError):
                self._fail("", path, failures)
            elif path == documents.STDIN:
                # The keys come from there.
                error = DocqaError("standard input can't be opened in the app", "save it to a file, and open that")
                self._fail("", error, failures)
            else:
                names.append(path)
        for closed in self._opened.keys() - set(names):
            del self._opened[closed]
        self._remember(names)
        asked_before = history.asked_of(names, history.entries())
        self._post(messages.DocumentsFound(tuple(names), asked_before))
        return names

    def _remember(self, names: Sequence[str]) -> None:
        if not (names and self._wanted.cache) or self.paths == self._remembered:
            return
        self._remembered = self.paths
        try:
            history.remember_opened(path for path in self.paths if Path(path).exists())
        except DocqaError as error:
            self._post(messages.Troubled(error))

    def _open(self, name: str, engine: "Engine", monitor: Monitor, failures: "list[Failure]") -> None:
        monitor.update("opening", name, 0, 0)
        self._stamps[name] = _stamp(name)  # Before it is read: what is written meanwhile is a change.
        try:
            self._opened[name] = engine.index(name, monitor, self._password)
        except DocqaError as error:
            self._fail(name, error, failures)
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 - a file that trips up a parser stops no other; it is shown
            self._fail(name, unexpected(error), failures)
        else:
            self._post(messages.DocumentOpened(self._opened[name].document))

    def _fail(self, name: str, error: DocqaError, failures: "list[Failure]") -> None:
        from docqa.engine import Failure

        failures.append(Failure(name, error))
        self._post(messages.DocumentFailed(name, error))

    def _report(self, progress: Progress) -> None:
        stage, item, at = self._reported
        now = time.monotonic()
        if (progress.stage, progress.item) != (stage, item) or now - at >= _INTERVAL:
            self._reported = (progress.stage, progress.item, now)
            self._post(messages.ProgressReported(progress))


def _stamp(name: str) -> Stamp:
    try:
        status = Path(name).stat()
    except OSError:
        return None  # Moved, or a disk that is away: what is open can still be asked.
    return status.st_mtime_ns, status.st_size


def answer(collection: "Collection", asked: AskedQuestion, post: Post) -> None:
    """Ask and post each result, and last how it ended: answered, failed or cancelled. Raises nothing."""

    def report(progress: Progress) -> None:
        post(messages.ReadingReported(asked, progress))

    from docqa.tui.state import feedback
    from docqa.tui.state.evidence import evidence_by_document

    result: Result | None = None
    monitor = Monitor(report, asked.cancel)
    exhaustive = True if asked.exhaustive else None  # None: as the settings have it.
    try:
        began = time.perf_counter()
        for reading in collection.read(asked.question, monitor, exhaustive=exhaustive):
            monitor.check()
            result = collection.result(asked.question, reading, time.perf_counter() - began)
            evidence = evidence_by_document(collection, reading)
            post(messages.AnswersFound(asked, result, evidence, collection.best(reading)))
    except Cancelled:
        post(messages.QuestionCancelled(asked))
    except DocqaError as error:
        post(messages.QuestionFailed(asked, error))
    except Exception as error:  # noqa: BLE001 - shown where the answers would be
        post(messages.QuestionFailed(asked, unexpected(error)))
    else:
        verdict = feedback.recalled(result, collection.documents, _corrections(post)) if result else None
        if verdict is not None:
            post(messages.VerdictRecalled(asked, verdict))
        post(messages.QuestionAnswered(asked))


def _corrections(post: Post) -> "list[Correction]":
    from docqa.userdata import corrections

    try:
        return corrections.kept()
    except DocqaError as error:
        post(messages.Troubled(error))
        return []


def keep(asked: AskedQuestion, verdict: "Verdict", names: Sequence[str], post: Post) -> None:
    """Keep what the person says is right, for the next training. Posts how that went, and raises nothing."""
    from docqa.userdata import corrections

    try:
        count = corrections.keep(verdict.corrections(asked.question), names)
    except DocqaError as error:
        post(messages.CorrectionFailed(asked, error))
    else:
        post(messages.CorrectionKept(count, str(corrections.file())))


def take_back(asked: AskedQuestion, names: Sequence[str], post: Post) -> None:
    """Forget what the person said of a question. Posts how that went, and raises nothing."""
    from docqa.userdata import corrections

    try:
        count = corrections.forget(asked.question, names)
    except DocqaError as error:
        post(messages.Troubled(error))
    else:
        post(messages.CorrectionTakenBack(asked, count))


def unexpected(error: Exception) -> DocqaError:
    """Put an exception that nobody foresaw into words: what it was, where, and what to do with it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else "an unknown place"
    return DocqaError(
        f"something went wrong inside docqa: {type(error).__name__}: {error}",
        f"it happened in {where}; please report it, with what you asked and of which kind of file",
    )
