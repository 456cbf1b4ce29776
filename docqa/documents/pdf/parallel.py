"""The pages of one PDF, read by this process and, where there are many, by others beside it.

PDFium is not thread-safe: hence processes, plain ones that speak over pipes. `fork` would copy an app full of threads,
and multiprocessing's other ways import the user's script again, which then needs a `__main__` guard. The document goes
by pipe, too: what is encrypted is on no disk in the clear, and a password in no list of processes.

Ranges of pages are handed out as they are asked for, to this process too: nobody waits for a process that begins
slowly, is beside a busier one, or is no more.
"""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition, Thread
from typing import Any

from docqa.documents.pdf.paragraphs import LayoutLine
from docqa.documents.pdf.pdfium import PdfiumPageReader
from docqa.documents.pdf.worker import receive, send
from docqa.documents.source import Source
from docqa.progress import Monitor

PageLines = list[list[LayoutLine] | None]

_MOST = 8  # Processes. The part that can't be shared out is then as long as the part that is.
_CHUNK = 8  # Pages. Some ten milliseconds: the last of them leaves nobody idle for longer.
_WORTH = 48  # Pages for each process: half of them are read in the time that another takes to begin.
_WAIT = 0.05  # Seconds between two looks at whether the work was cancelled.


def processes_for(count: int) -> int:
    """How many processes read a document of so many pages soonest, this one counted."""
    if getattr(sys, "frozen", False) or not sys.executable:
        return 1  # What would be begun is not Python, but the program that has it within.
    return max(1, min(_usable_cores(), _MOST, count // _WORTH))


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_pages(document: Any, source: Source, count: int, monitor: Monitor, processes: int | None = None) -> PageLines:
    """Lines of each page of an open document, None for a damaged one. Raises `Cancelled`."""
    shared = _Shared(count)
    reader = PdfiumPageReader(document)
    workers = (processes_for(count) if processes is None else processes) - 1
    try:
        with _workers(workers, source, shared):
            while (chunk := _next(shared, source, monitor)) is not None:
                for index in range(*chunk):
                    monitor.update("reading pages", source.name, shared.done, count)
                    shared.put(index, [reader.lines(index)])
    finally:
        reader.close()
    monitor.update("reading pages", source.name, count, count)
    return shared.pages


def _next(shared: "_Shared", source: Source, monitor: Monitor) -> tuple[int, int] | None:
    """The next range for this process: also one that another process took and did not live to read."""
    while True:
        chunk = shared.take()
        if chunk is not None or shared.complete:
            return chunk
        shared.wait(_WAIT)
        monitor.update("reading pages", source.name, shared.done, len(shared.pages))


class _Shared:
    """Which ranges of pages nobody has taken yet, and what the others came to. Used by several threads."""

    def __init__(self, count: int) -> None:
        self.pages: PageLines = [None] * count
        self.done = 0
        self._waiting = deque((first, min(first + _CHUNK, count)) for first in range(0, count, _CHUNK))
        self._changed = Condition()

    @property
    def complete(self) -> bool:
        return self.done == len(self.pages)

    def take(self) -> tuple[int, int] | None:
        with self._changed:
            return self._waiting.popleft() if self._waiting else None

    def give_back(self, chunk: tuple[int, int]) -> None:
        with self._changed:
            self._waiting.appendleft(chunk)
            self._changed.notify_all()

    def put(self, first: int, pages: PageLines) -> None:
        with self._changed:
            self.pages[first : first + len(pages)] = pages
            self.done += len(pages)
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        with self._changed:
            if not self._waiting and not self.complete:
                self._changed.wait(seconds)


@contextmanager
def _workers(count: int, source: Source, shared: _Shared) -> Iterator[None]:
    """Begin so many processes, and end them whatever happens."""
    begun: list[subprocess.Popen[bytes]] = []
    threads: list[Thread] = []
    try:
        for _ in range(count):
            process = _begin()
            if process is None:
                break
            begun.append(process)
            threads.append(Thread(target=_serve, args=(process, source, shared), name="docqa-pages", daemon=True))
            threads[-1].start()
        yield
    finally:
        for process in begun:
            process.kill()
        for process in begun:
            process.wait()
        for thread in threads:
            thread.join()
        for process in begun:
            for pipe in filter(None, (process.stdin, process.stdout)):
                with suppress(OSError):  # What was not yet sent to a process that is no more.
                    pipe.close()


def _begin() -> "subprocess.Popen[bytes] | None":
    # The same modules as here, and none that happens to lie in the folder that one is in (-P).
    places = [*filter(None, sys.path), str(Path(__file__).parents[3])]
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-S", "-c", "from docqa.documents.pdf.worker import main; main()"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError:
        return None  # No memory or no more processes: the work is done here.


def _serve(process: "subprocess.Popen[bytes]", source: Source, shared: _Shared) -> None:
    """Hand ranges to one process until none is left, or the process is gone."""
    chunk = None
    try:
        assert process.stdin is not None  # noqa: S101 - for the type checker
        assert process.stdout is not None  # noqa: S101
        password = None if source.password is None else source.password.encode()
        send(process.stdin, (source.data, password))
        receive(process.stdout)
        while (chunk := shared.take()) is not None:
            send(process.stdin, chunk)
            pages = receive(process.stdout)
            shared.put(chunk[0], [None if page is None else list(map(LayoutLine._make, page)) for page in pages])
            chunk = None
    except (OSError, EOFError, TypeError, ValueError):
        if chunk is not None:
            shared.give_back(chunk)
