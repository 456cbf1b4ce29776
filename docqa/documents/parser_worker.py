"""A worker process that parses one file after another for another process. `main` is its entry point.

A request is a frame of JSON with the parser's reference, the file's name and the password, and a frame with its bytes.
It is answered by frames of JSON, each with the kind of a message and its content: that it was taken, progress, and
either an error or the names, types and shapes of a packed document's arrays, each of which follows in its own frame.
"""

import json
import signal
import time
from typing import IO

from docqa.documents.formats import parse_by
from docqa.documents.limits import ComputingTime, limit_memory, seconds_for
from docqa.documents.packing import pack_document
from docqa.documents.pipes import read_frame, write_frame
from docqa.documents.source import Source
from docqa.documents.worker_process import serve
from docqa.errors import DocqaError
from docqa.progress import Monitor, Progress

_IDLE_SECONDS = 60
_LARGE = 20_000_000
"""Bytes of a file after which another process goes on: this one has lots of freed memory in small pieces."""
_REPORT_SECONDS = 0.02


def main() -> None:
    """Parse files until the other process closes the pipe or exits, or sends nothing for a minute."""
    limit_memory()
    serve(_parse_all)


def _parse_all(source: IO[bytes], sink: IO[bytes]) -> None:
    size = 0
    while size < _LARGE:
        _end_after(_IDLE_SECONDS)
        reference, name, password = json.loads(read_frame(source))
        data = read_frame(source)
        _end_after(0)
        _send(sink, "taken", None)
        size = len(data)
        _answer(reference, Source(name, data, password), sink)


def _end_after(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _answer(reference: str, source: Source, sink: IO[bytes]) -> None:
    time_left = ComputingTime(seconds_for(len(source.data)))
    try:
        document = parse_by(reference, source, Monitor(_Reports(sink, time_left)))
        arrays = pack_document(document)
    except DocqaError as error:
        _send(sink, "error", [error.message, error.hint])
        return
    finally:
        time_left.stop()
    _send(sink, "arrays", [(field, array.dtype.str, array.shape) for field, array in arrays.items()])
    for array in arrays.values():
        write_frame(sink, array.tobytes())


class _Reports:
    """Sends progress: the beginning and the end of each stage, and in between not more often than a screen needs."""

    def __init__(self, sink: IO[bytes], time_left: ComputingTime) -> None:
        self._sink = sink
        self._time_left = time_left
        self._stage = ""
        self._next = 0.0

    def __call__(self, progress: Progress) -> None:
        (self._time_left.next_step if progress.done < progress.total else self._time_left.last_step)()
        now = time.monotonic()
        if now >= self._next or progress.stage != self._stage or progress.done == progress.total:
            self._stage, self._next = progress.stage, now + _REPORT_SECONDS
            _send(self._sink, "progress", [progress.stage, progress.item, progress.done, progress.total])


def _send(sink: IO[bytes], kind: str, content: object) -> None:
    write_frame(sink, json.dumps({kind: content}).encode())
