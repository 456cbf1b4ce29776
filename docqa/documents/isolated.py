"""Parsing in a worker process with limits: a file that breaks its parser breaks nothing else.

One process parses all files of this one, one after the other. It is started when there is something to parse, and
killed when it is not done in time or the user cancels; the next file gets another one.
"""

import atexit
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, cast

from docqa.documents import limits
from docqa.documents.document import Document
from docqa.documents.formats import format_of, parse
from docqa.documents.pipes import read_frame, write_frame
from docqa.documents.source import Source
from docqa.documents.worker_process import can_start, end_worker, start_worker
from docqa.errors import DocqaError
from docqa.progress import Monitor

# Worker processes import this package, and numpy would double their start.
if TYPE_CHECKING:
    import subprocess

    from numpy.typing import NDArray

    from docqa.array_store import Arrays

_POLL_SECONDS = 0.05  # Interval at which cancellation is checked while waiting.
_HEADER_BYTES = 1_000_000
_LOCK = Lock()


def parse_isolated(source: Source, monitor: Monitor | None = None) -> Document:
    """Parse a file of any format in a worker process, like `parse`.

    In this process if none can be started, or if the format's parser is a function of this one, without a reference by
    which another could import it. Raises `DocqaError` also if the file breaks a limit or its parser, and `Cancelled`.
    """
    monitor = monitor or Monitor()
    reference = format_of(source).parse
    if not isinstance(reference, str) or reference.startswith("__main__") or os.environ.get("DOCQA_DEBUG"):
        return parse(source, monitor)
    while not _LOCK.acquire(timeout=_POLL_SECONDS):
        monitor.check()
    try:
        for _ in range(2):  # A process that waits for a file ends after a while, maybe just now.
            worker = _Worker.running()
            if worker is None:
                break
            with suppress(_NotTakenError):
                from docqa.documents.packing import unpack_document

                return unpack_document(worker.parse(reference, source, monitor), source.name)
    finally:
        _LOCK.release()
    return parse(source, monitor)


class _NotTakenError(Exception):
    """The process ended before it took the file."""


class _Worker:
    """The process that parses for this one. A thread receives what it sends, which are not more than numbers and text:
    a file may have deceived its parser.
    """

    current: "_Worker | None" = None

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None  # noqa: S101 - for the type checker
        assert process.stdout is not None  # noqa: S101
        self._process = process
        self._stdin, self._stdout = process.stdin, process.stdout
        self._messages: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self._thread = Thread(target=self._receive, name="docqa-parsing", daemon=True)
        self._thread.start()

    @classmethod
    def running(cls) -> "_Worker | None":
        """The process, a new one if there is none; None if none can be started."""
        if cls.current is None:
            process = start_worker("docqa.documents.parser_worker:main", own_group=True) if can_start() else None
            cls.current = None if process is None else cls(process)
        return cls.current

    def end(self) -> None:
        """Kill the process."""
        type(self).current = None
        end_worker(self._process, own_group=True)
        self._thread.join()

    def parse(self, reference: str, source: Source, monitor: Monitor) -> "Arrays":
        """Have a file parsed. Raises what `parse_isolated` does, and `_NotTakenError`.

        The process goes on if it has answered. Otherwise it is killed.
        """
        try:
            answer = self._answer(reference, source, monitor)
        except BaseException:
            self.end()
            raise
        if isinstance(answer, DocqaError):
            raise answer
        return answer

    def _answer(self, reference: str, source: Source, monitor: Monitor) -> "Arrays | DocqaError":
        try:
            write_frame(self._stdin, json.dumps([reference, source.name, source.password]).encode())
            write_frame(self._stdin, source.data)
        except OSError as error:
            raise _NotTakenError from error
        taken, where, idle = False, "", 0.0
        while idle < limits.stalled_seconds(len(source.data)):
            monitor.check()
            try:
                kind, content = self._messages.get(timeout=_POLL_SECONDS)
            except Empty:
                idle += _POLL_SECONDS  # Not the clock's time: the computer may have been asleep.
                continue
            idle = 0
            match kind:
                case "taken":
                    taken = True
                case "progress":
                    stage, item, done, total = content
                    where = f" (it came to {done:,} of {total:,})" if total > 1 else ""
                    monitor.update(stage, item, done, total)
                case "error":
                    return DocqaError(*content)
                case "arrays":
                    return cast("Arrays", content)
                case "overflow":
                    raise limits.too_much_text(source.display_name)
                case _:
                    if not taken:
                        raise _NotTakenError
                    raise self._why_ended(source.display_name, where)
        raise limits.too_slow(source.display_name, where)

    def _why_ended(self, name: str, where: str) -> DocqaError:
        code = self._process.wait()
        return limits.too_slow(name, where) if limits.took_too_long(code) else limits.crashed(name, code)

    def _receive(self) -> None:
        try:
            while True:
                [(kind, content)] = json.loads(read_frame(self._stdout, _HEADER_BYTES)).items()
                if kind == "arrays":
                    content = {field: self._array(kind, shape) for field, kind, shape in content}
                self._messages.put((kind, content))
        except OverflowError:
            self._messages.put(("overflow", None))
        except (OSError, EOFError, ValueError, TypeError, AttributeError):
            self._messages.put(("ended", None))

    def _array(self, kind: str, shape: Sequence[int]) -> "NDArray[Any]":
        import numpy as np

        return np.frombuffer(read_frame(self._stdout, limits.TEXT_BYTES), dtype=np.dtype(kind)).reshape(shape)


@atexit.register
def _end_worker() -> None:
    if _Worker.current is not None:
        _Worker.current.end()


def _forget_worker() -> None:
    """In a forked process: the worker is that of the other one."""
    global _LOCK  # noqa: PLW0603
    _LOCK = Lock()
    _Worker.current = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_worker)
