"""How long the app's event loop stands still while many documents are open, it reads on, and a matrix is filled.

    python -m benchmarks.stalls PATH... [--limit 60] [--home FOLDER]

Runs the app on the documents in a pseudo-terminal with an empty cache (or that of `--home`), asks, and presses keys
while it reads on. A task in the app's event loop wakes every 5 ms and notes how late it was, and what the processor did
meanwhile. A process that does nothing else is measured at the same time: what it is late by is the machine's doing.
Prints the longest stall of each phase in milliseconds, the longest work of the main thread, which is what counts on a
busy machine, and where it was. Ctrl+Q ends the measurement: the app reads no more keys then, and Textual waits for the
thread that did. How long it takes to end is printed.
"""

import argparse
import asyncio
import gc
import json
import os
import pty
import select
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from docqa.config import Settings
from docqa.documents import expand
from docqa.tui.app import DocqaApp

_BEAT = 0.005  # Seconds.
_LATE = 0.03  # Seconds from which a stall is noted.
_DEADLINE = 900  # Seconds.
_QUESTIONS = ("Who is the landlord?", "What is the governing law of the agreement?", "When was it published?")


class _Pulse:
    """Notes each stall: when it ended, its length, and the seconds of processor time that it took."""

    def __init__(self) -> None:
        self.stalls: list[dict[str, Any]] = []
        self._last = time.monotonic()
        self._main = threading.main_thread().ident or 0
        self._where = self._garbage = ""
        self._collecting = 0.0

    def collected(self, phase: str, info: dict[str, int]) -> None:
        """Note a search for garbage, meanwhile nothing else runs: one of `gc.callbacks`."""
        if phase == "start":
            self._collecting = time.monotonic()
        elif time.monotonic() - self._collecting > _LATE / 3:
            took = 1000 * (time.monotonic() - self._collecting)
            self._garbage += f"garbage of generation {info['generation']}, {took:.0f} ms; "

    async def beat(self) -> None:
        while True:
            thread, process = time.thread_time(), time.process_time()
            self._where, self._garbage, self._last = "", "", time.monotonic()
            await asyncio.sleep(_BEAT)
            late = time.monotonic() - self._last - _BEAT
            if late > _LATE:
                self.stalls.append(
                    {
                        "at": time.monotonic(),
                        "late": late,
                        "main": time.thread_time() - thread,
                        "all": time.process_time() - process,
                        "where": self._garbage + self._where,
                    }
                )

    def watch(self) -> None:
        """Note where the main thread is while it is late. Runs in a thread of its own."""
        while True:
            time.sleep(_BEAT)
            if time.monotonic() - self._last > _LATE and not self._where:
                frame = sys._current_frames().get(self._main)
                if frame is not None:
                    self._where = " < ".join(
                        f"{one.name}:{one.lineno}" for one in traceback.extract_stack(frame)[:-9:-1]
                    )


class _WatchedApp(DocqaApp):
    pulse = _Pulse()

    async def action_quit(self) -> None:
        self.beating.cancel()
        await super().action_quit()

    def on_ready(self) -> None:
        super().on_ready()
        self.beating = asyncio.create_task(self.pulse.beat())
        gc.callbacks.append(self.pulse.collected)
        threading.Thread(target=self.pulse.watch, daemon=True).start()


def _run_app(file: str, paths: Sequence[str]) -> None:
    app = _WatchedApp(paths, Settings())
    app.run()
    Path(file).write_text(json.dumps(app.pulse.stalls), encoding="utf-8")


def _run_idle(file: str) -> None:
    pulse = _Pulse()

    async def run() -> None:
        beating = asyncio.create_task(pulse.beat())
        while not Path(file).exists():
            await asyncio.sleep(0.2)
        beating.cancel()

    asyncio.run(run())
    print(json.dumps(pulse.stalls))


class _Session:
    """The app in a pseudo-terminal, and the phases of what is done in it."""

    def __init__(self, home: str, paths: Sequence[str], stalls: Path) -> None:
        self.phases: list[tuple[str, float]] = []
        self._painted = b""
        self._stalls = stalls
        self.begin("start")
        self._process, self._screen = pty.fork()
        if self._process == 0:
            environment = os.environ | {"DOCQA_HOME": home, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "36"}
            command = [sys.executable, "-m", "benchmarks.stalls", "--child", str(stalls), *paths]
            os.execve(sys.executable, command, environment)  # noqa: S606

    def begin(self, phase: str) -> None:
        self.phases.append((phase, time.monotonic()))

    def pause(self, seconds: float) -> None:
        """Read what the app paints."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self._screen], [], [], left)[0]:
                self._painted += os.read(self._screen, 1 << 16)

    def wait_for(self, text: str) -> None:
        limit = time.monotonic() + _DEADLINE
        while text.encode() not in self._painted:
            if time.monotonic() > limit:
                raise SystemExit(f"{text!r} did not appear on the screen")
            self.pause(0.05)

    def press(self, keys: str, every: float = 0.0) -> None:
        self._painted = b""
        for key in keys if every else [keys]:
            os.write(self._screen, key.encode())
            self.pause(every)

    def close(self) -> tuple[list[dict[str, Any]], float]:
        """Quit. Returns the stalls, and the seconds that it took to quit."""
        began = time.monotonic()
        os.write(self._screen, b"\x11")
        with suppress(OSError):  # It has ended.
            while not self._stalls.exists():
                self.pause(0.01)
        os.waitpid(self._process, 0)
        took = time.monotonic() - began
        os.close(self._screen)
        found: list[dict[str, Any]] = json.loads(self._stalls.read_text(encoding="utf-8"))
        return found, took


def _use(session: _Session, documents: int) -> None:
    session.begin("opening")
    session.wait_for(f"{documents} open")
    session.pause(2)
    for question in _QUESTIONS:
        session.begin("typing")
        session.press("i")
        session.press(question, 0.05)
        session.begin("asking")
        session.press("\r")
        session.wait_for("reading on")
        session.begin("reading on")
        session.pause(6)
        session.begin("keys while it reads on")
        for keys in ("jjjkk", "u", "D", "\x1b", "v", "lll"):
            session.press(keys, 0.2)
            session.pause(1.3)
    session.begin("documents")
    session.press("djjjjjjjjjjkkkkk", 0.25)
    session.begin("go to")
    session.press("g", 0.5)
    session.press("12", 0.3)
    session.press("\r", 0.5)
    session.begin("find")
    session.press("/agreement\r", 0.15)
    session.press("nnn", 0.2)
    session.pause(4)
    session.begin("reading all")
    session.press("x")
    session.pause(8)
    session.press("\x1b", 1)
    session.begin("matrix")
    session.press("t", 2)
    for question in ("Who signs?", "What does it cost?", "Which court decides?"):
        session.press("i")
        session.press(f"{question}\r", 0.03)
    session.press("\x1b", 0.5)
    session.pause(5)
    session.press("jjlllkkh", 0.2)
    session.pause(5)
    session.press("q", 1)
    session.begin("asking while the matrix runs")
    session.press("i")
    session.press("Who is the tenant?\r", 0.05)
    session.wait_for("12 of")
    session.pause(2)
    session.press("jjkkD\x1bdjjj", 0.3)
    session.press("i")
    session.press("How long is the notice period?\r", 0.05)
    session.pause(5)


def measure(paths: Sequence[str], home: str | None) -> None:
    """Use the app, and print the longest stalls of each phase."""
    with tempfile.TemporaryDirectory() as scratch:
        stalls = Path(scratch) / "stalls.json"
        idle = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.stalls", "--idle", str(stalls)], stdout=subprocess.PIPE, text=True
        )
        session = _Session(home or scratch, paths, stalls)
        _use(session, len(paths))
        found, quitting = session.close()
        machine = json.loads(idle.communicate()[0])
    names = list(dict.fromkeys(name for name, _ in session.phases))
    for name in names:
        ours, idles = (_of_phase(each, session.phases, name) for each in (found, machine))
        longest = f"longest {_longest(ours):4} ms   of the main thread {_longest(ours, 'main'):4} ms of processor time"
        print(f"{name:28} {longest}   a process that does nothing {_longest(idles):4} ms")
        for one in sorted(ours, key=lambda one: -one["late"])[:3]:
            took = f"{one['late'] * 1000:.0f} ms, main thread {one['main'] * 1000:.0f}, all {one['all'] * 1000:.0f}"
            print(f"    {took}: {one['where']}")
    print(f"{'quitting':28} {1000 * quitting:.0f} ms, until the process has ended")


def _of_phase(stalls: list[dict[str, Any]], phases: list[tuple[str, float]], name: str) -> list[dict[str, Any]]:
    ends = [at for _, at in phases[1:]] + [float("inf")]
    spans = [(begin, end) for (phase, begin), end in zip(phases, ends, strict=True) if phase == name]
    return [one for one in stalls if any(begin <= one["at"] < end for begin, end in spans)]


def _longest(stalls: list[dict[str, Any]], what: str = "late") -> int:
    return round(1000 * max((one[what] for one in stalls), default=0))


def main() -> None:
    """Run the benchmark, or one of its processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--home")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--idle", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        _run_app(args.child, args.paths)
    elif args.idle:
        _run_idle(args.idle)
    else:
        measure([path for path in expand(args.paths) if isinstance(path, str)][: args.limit], args.home)


if __name__ == "__main__":
    main()
