"""A long run: memory, open files, threads and child processes stay as they are after the first questions.

    python -m benchmarks.soak [engine|app] [--questions N]

Opens, changes, adds, replaces and closes documents over and over, with a few questions each time: `engine` by the
Python API, `app` in the app without a terminal, with its keys and with readers loaded again. Memory is what is resident
after the allocator has given back what it can; the first quarter of the questions is the warm-up. Exits with 1 if
something grows by more than its bound.
"""

import asyncio
import ctypes
import json
import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import ROOT, Claim, Report, argument_parser, finish
from docqa.config import Settings
from docqa.engine import Engine
from docqa.models import registry
from docqa.models.registry import BUNDLED

_EACH = 10  # Questions between two changes of what is open.
_DEADLINE = 120.0  # Seconds that anything may take.
_SETTINGS = Settings(device="cpu", precision="float32", top_k_windows=2)
"""Two windows are read for a question: what is left behind doesn't depend on how long it takes."""
NOISE = 8.0
"""MiB by which memory may differ at any time: the allocator's, and what waits for the next collection of cycles."""
MORE = {"engine": 4.0, "app": 24.0}
"""MiB that a thousand questions may add. The app keeps the answers of a session."""

ALLOWED = {"files": 2, "threads": 4, "children": 0}
"""By how much the rest may exceed the most of the warm-up: asyncio starts a few more threads when all are busy."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What the process has after some questions. Memory in MiB."""

    questions: int
    memory: float
    files: int
    threads: int
    children: int


def usage(questions: int) -> Usage:
    """Measure this process. Linux only."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    tasks = [task.name for task in Path("/proc/self/task").iterdir()]
    children = [Path(f"/proc/self/task/{task}/children").read_text(encoding="utf-8").split() for task in tasks]
    return Usage(
        questions=questions,
        memory=int(status["VmRSS"].split()[0]) / 1024,
        files=len(list(Path("/proc/self/fd").iterdir())),
        threads=len(tasks),
        children=sum(map(len, children)),
    )


def growth(taken: list[Usage]) -> float:
    """MiB that were added after the warm-up, by the median slope of all pairs (Theil and Sen)."""
    after = taken[len(taken) // 4 :]
    slopes = [(b.memory - a.memory) / (b.questions - a.questions) for i, a in enumerate(after) for b in after[i + 1 :]]
    return statistics.median(slopes) * (after[-1].questions - after[0].questions)


def bound(part: str, taken: list[Usage]) -> float:
    """MiB that may be added after the warm-up."""
    return NOISE + MORE[part] * (taken[-1].questions - taken[len(taken) // 4].questions) / 1000


def _documents(folder: Path) -> list[Path]:
    """The sample documents, and a text that changes."""
    samples = [
        ROOT / "sample_docs" / name for name in ("harbour-report.pdf", "expedition-journal.txt", "staff-handbook.md")
    ]
    return [_changed(folder, 0), *samples]


def _changed(folder: Path, number: int) -> Path:
    file = folder / "notes.txt"
    lines = [
        f"The lamp of pier {pier} was lit by keeper {number * 31 + pier} in {1800 + number % 200}."
        for pier in range(200)
    ]
    file.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    return file


def _questions(chance: random.Random) -> Iterator[str]:
    texts = [
        one["question"] for one in json.loads((ROOT / "sample_docs" / "questions.json").read_text(encoding="utf-8"))
    ]
    while True:
        yield f"{chance.choice(texts)[:-1]} in {chance.randint(1700, 2100)}?"


def engine_run(total: int, folder: Path) -> list[Usage]:
    """Ask by the Python API."""
    chance = random.Random(17)
    engine, questions, taken = Engine(_SETTINGS), _questions(chance), []
    paths = _documents(folder)
    for number in range(total // _EACH):
        _changed(folder, number % 50)
        collection = engine.open(chance.sample(paths, chance.randint(1, len(paths))))
        assert not collection.failures
        collection.ask_all([next(questions) for _ in range(_EACH // 2)])
        for _ in range(_EACH - _EACH // 2):
            *_, result = collection.ask_progressively(next(questions))
            assert result.answers or result.closest
        taken.append(usage((number + 1) * _EACH))
    return taken


async def app_run(total: int, folder: Path) -> list[Usage]:
    """Ask in the app, and open and close documents and screens."""
    from docqa.tui.app import DocqaApp

    chance = random.Random(17)
    questions, taken = _questions(chance), []
    paths = [str(path) for path in _documents(folder)]
    copied = str(shutil.copytree(registry.find(BUNDLED, registry.ModelKind.READER).folder, folder / "reader"))
    app = DocqaApp(paths[:1], _SETTINGS)
    async with app.run_test(size=(120, 40)) as pilot:
        controller = app.questions

        async def until(condition: Callable[[], object]) -> None:
            limit = time.monotonic() + _DEADLINE
            while not condition():
                assert time.monotonic() < limit, "the app stands still"
                await asyncio.sleep(0.005)

        def idle() -> bool:
            return controller.opening is None and controller.session.running is None

        async def open_documents(number: int) -> None:
            kind = number % 4
            if kind == 3:
                _changed(folder, number % 50)
                controller.check_files()
                await until(lambda: controller.can_reopen or paths[0] not in controller.names)
                if controller.can_reopen:
                    controller.reopen()
            else:
                controller.open(chance.sample(paths, chance.randint(1, 3)), replace=kind == 2)
            if number % 10 == 4:  # The same reader.
                controller.use_settings(replace(controller.settings, doc_stride=96 + number % 32))
            if number % 10 == 9:  # Another reader, the first time while it warms up.
                reader = copied if number % 20 == 9 else BUNDLED
                controller.use_settings(replace(controller.settings, reader=reader))
            await until(idle)

        await until(idle)
        for number in range(total // _EACH):
            await open_documents(number)
            for _ in range(_EACH):
                controller.ask(next(questions))
                await until(idle)
                await pilot.press("escape", "n", "n", "p")
            assert controller.shown is not None and controller.shown.result is not None
            for keys in (["question_mark", "escape"], ["ctrl+r", "escape"], ["O", "escape"], ["D", "escape"]):
                await pilot.press(*keys)
            taken.append(usage((number + 1) * _EACH))
            print(taken[-1], file=sys.stderr, flush=True)
    return taken


def measure(parts: list[str], total: int) -> Report:
    """Run the parts one after the other, in this process."""
    report = Report("soak")
    for part in parts:
        with TemporaryDirectory() as folder:
            os.environ["DOCQA_HOME"] = str(Path(folder) / "home")
            run: list[Usage] = (
                engine_run(total, Path(folder)) if part == "engine" else asyncio.run(app_run(total, Path(folder)))
            )
        settled, end = run[len(run) // 4], run[-1]
        what = f"{part}, {total:,} questions"
        report.claims.append(
            Claim(f"{what}: memory added", "after warm-up", "<=", bound(part, run), growth(run), unit=" MiB")
        )
        for name, more in ALLOWED.items():
            most = max(getattr(one, name) for one in run[: len(run) // 4 + 1]) + more
            report.claims.append(
                Claim(f"{what}: {name} at the end", "warm-up", "<=", most, getattr(end, name), unit="")
            )
        report.figures[what] = {"after warm-up": settled, "at the end": end, "every": run[:: max(1, len(run) // 20)]}
    return report


def main() -> None:
    """Run, and print and save what was used."""
    parser = argument_parser(__doc__, "soak")
    parser.add_argument("part", nargs="?", choices=("engine", "app"))
    parser.add_argument("--questions", type=int, default=2000)
    args = parser.parse_args()
    report = measure([args.part] if args.part else ["engine", "app"], args.questions)
    finish(report, args.json)
    sys.exit(not all(claim.holds for claim in report.claims))


if __name__ == "__main__":
    main()
