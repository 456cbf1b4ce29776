"""The pages of one PDF, read by this process and, for long documents, by worker processes beside it.

PDFium is not thread-safe: hence processes.

Every process, this one included, takes the next page range when it is free: a worker that is slow to start, busy or
killed delays nobody.
"""

import marshal
import os
import subprocess
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from typing import Any

from docqa.documents.pdf.engines import PdfEngine, PdfFile, Rule
from docqa.documents.pdf.lines import LayoutLine
from docqa.documents.pdf.reading_order import ReadPage, read_page
from docqa.documents.pipes import read_frame, write_frame
from docqa.documents.source import Source
from docqa.documents.worker_process import can_start, end_worker, start_worker
from docqa.progress import Monitor

ReadPages = list[ReadPage | None]

_MAX_PROCESSES = 8  # With more, the part of the work that can't be shared takes longer than the part that is.
_PAGES_PER_RANGE = 8  # Some ten milliseconds: no process waits longer for the last range.
_PAGES_PER_PROCESS = 48  # Half of them are read in the time that a worker takes to start.
_POLL_SECONDS = 0.05  # Interval at which cancellation is checked while waiting.


def processes_for(page_count: int) -> int:
    """The number of processes, this one included, that read a document of this length fastest."""
    if not can_start():
        return 1
    return max(1, min(_usable_cores(), _MAX_PROCESSES, page_count // _PAGES_PER_PROCESS))


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_pages(
    file: PdfFile, engine: PdfEngine, source: Source, monitor: Monitor, processes: int | None = None
) -> ReadPages:
    """Each page of a file that `engine` opened, None for a damaged page. Raises `Cancelled`."""
    count, name = file.page_count, source.display_name
    queue = _PageQueue(count)
    workers = (processes_for(count) if processes is None else processes) - 1
    with _workers(workers, engine, source, queue):
        while (pages := _next_range(queue, source, monitor)) is not None:
            for index in range(*pages):
                monitor.update("reading pages", name, queue.done, count)
                queue.put(index, [read_page(file, index)])
    monitor.update("reading pages", name, count, count)
    return queue.pages


def _next_range(queue: "_PageQueue", source: Source, monitor: Monitor) -> tuple[int, int] | None:
    """The next range for this process, including one returned by a worker that was killed. None when all is read."""
    while True:
        pages = queue.take()
        if pages is not None or queue.complete:
            return pages
        queue.wait(_POLL_SECONDS)
        monitor.update("reading pages", source.display_name, queue.done, len(queue.pages))


class _PageQueue:
    """The page ranges to be read, and the pages that were. Thread-safe."""

    def __init__(self, count: int) -> None:
        self.pages: ReadPages = [None] * count
        self.done = 0
        self._waiting = deque(
            (first, min(first + _PAGES_PER_RANGE, count)) for first in range(0, count, _PAGES_PER_RANGE)
        )
        self._changed = Condition()

    @property
    def complete(self) -> bool:
        return self.done == len(self.pages)

    def take(self) -> tuple[int, int] | None:
        with self._changed:
            return self._waiting.popleft() if self._waiting else None

    def give_back(self, pages: tuple[int, int]) -> None:
        with self._changed:
            self._waiting.appendleft(pages)
            self._changed.notify_all()

    def put(self, first: int, pages: ReadPages) -> None:
        with self._changed:
            self.pages[first : first + len(pages)] = pages
            self.done += len(pages)
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        with self._changed:
            if not self._waiting and not self.complete:
                self._changed.wait(seconds)


@contextmanager
def _workers(count: int, engine: PdfEngine, source: Source, queue: _PageQueue) -> Iterator[None]:
    """Run worker processes, each served by a thread, and kill them on exit."""
    processes: list[subprocess.Popen[bytes]] = []
    threads: list[Thread] = []
    try:
        for _ in range(count):
            process = start_worker("docqa.documents.pdf.worker:main")
            if process is None:
                break
            processes.append(process)
            threads.append(
                Thread(target=_serve, args=(process, engine, source, queue), name="docqa-pages", daemon=True)
            )
            threads[-1].start()
        yield
    finally:
        for process in processes:
            end_worker(process)
        for thread in threads:
            thread.join()


def _serve(process: subprocess.Popen[bytes], engine: PdfEngine, source: Source, queue: _PageQueue) -> None:
    """Send page ranges to one worker until none are left or the worker is gone."""
    pages = None
    try:
        assert process.stdin is not None  # noqa: S101 - for the type checker
        assert process.stdout is not None  # noqa: S101
        write_frame(process.stdin, marshal.dumps((engine.open, source.password)))
        write_frame(process.stdin, source.data)
        read_frame(process.stdout)  # It is ready.
        while (pages := queue.take()) is not None:
            write_frame(process.stdin, marshal.dumps(pages))
            read = marshal.loads(read_frame(process.stdout))  # noqa: S302 - the process is this one's child
            queue.put(pages[0], list(map(_unpacked, read)))
            pages = None
    except (OSError, EOFError, TypeError, ValueError):
        if pages is not None:
            queue.give_back(pages)


def _unpacked(page: Any) -> ReadPage | None:
    if page is None:
        return None
    lines, fault, height, rules = page
    return ReadPage(list(map(LayoutLine._make, lines)), fault, height, list(map(Rule._make, rules)))
