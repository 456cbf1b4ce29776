"""Sides measured in turns, the ratios of their medians, and what is written of them.

Every side takes its turn in every round (A B C, A B C, …), in one process tree, so that whatever else the machine does
falls on all of them; the first round warms up and does not count. A figure is a ratio of medians, with the least and
the greatest ratio of any one round beside it; no time stands alone.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
_SETTLE = 0.3  # Seconds before a turn, in which the threads of the side before stop spinning.
_FLAGS = ("avx2", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")
_PACKAGES = ("torch", "transformers", "sentence-transformers", "numpy")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of work: its seconds, the process's peak resident memory by then in MiB, and what came of it."""

    seconds: float
    peak: float
    said: Any


class Side:
    """A child process that runs `benchmarks.side.serve`. Use it as a context manager."""

    def __init__(self, command: Sequence[str], home: Path | None = None) -> None:
        environment = _environment(home)
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.loaded = self._reply()

    def do(self, command: object) -> Unit:
        """Have it do one unit of work."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._reply()

    def _reply(self) -> Unit:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._process.args!r} ended with {self._process.wait()}")
        return Unit(**json.loads(line))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def _environment(home: Path | None) -> dict[str, str]:
    """No side reaches the network; docqa's keeps its files in `home`, where one is given."""
    offline = {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False"}
    return os.environ | offline | ({"DOCQA_HOME": str(home)} if home else {})


def python(module: str, *arguments: object) -> list[str]:
    """The command that runs a module in this environment."""
    return [sys.executable, "-m", module, *map(str, arguments)]


def timed(command: Sequence[str], home: Path | None = None, expected: Sequence[int] = (0,)) -> float:
    """The seconds that a command takes from start to end. Raises `SystemExit` where it ends otherwise than expected."""
    environment = _environment(home)
    began = time.perf_counter()
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if ended.returncode not in expected:
        raise SystemExit(f"{command!r} ended with {ended.returncode}: {ended.stderr[-2000:]}")
    return seconds


Times = dict[str, list[float]]


def in_turns(sides: Mapping[str, Callable[[int], float]], rounds: int, settle: float = _SETTLE) -> Times:
    """Call every side in each of `rounds` rounds, with the round's number, and keep the seconds that it returns.

    A round 0 goes before, to warm up; it is not kept.
    """
    kept: Times = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name, side in sides.items():
            time.sleep(settle)
            seconds = side(number)
            if number:
                kept[name].append(seconds)
        print(f"round {number or 'to warm up'} of {rounds}", file=sys.stderr, flush=True)
    return kept


@dataclass(frozen=True, slots=True)
class Claim:
    """What is measured against what, as a ratio that should be at least or at most (`sense`) `bound`."""

    what: str
    against: str
    sense: str
    bound: float
    measured: float
    spread: tuple[float, float] | None = None
    unit: str = "×"

    @property
    def holds(self) -> bool:
        """Whether it is as it should be."""
        return self.measured >= self.bound if self.sense == ">=" else self.measured <= self.bound


def ratio(times: Times, slow: str, fast: str) -> tuple[float, tuple[float, float]]:
    """The median of one side over that of another, and the least and the greatest ratio of a round."""
    each = [a / b for a, b in zip(times[slow], times[fast], strict=True)]
    return statistics.median(times[slow]) / statistics.median(times[fast]), (min(each), max(each))


@dataclass(slots=True)
class Report:
    """What a benchmark found. `figures` are values that no claim is made of; `seconds` what was timed, by side."""

    name: str
    claims: list[Claim] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    seconds: Times = field(default_factory=dict)

    def claim(self, what: str, against: str, wanted: tuple[str, float], *, times: Times, over: tuple[str, str]) -> None:
        """Add a claim about the ratio of two sides' medians, and the times it is made from."""
        self.seconds |= times
        self.claims.append(Claim(what, against, *wanted, *ratio(times, *over)))


def table(claims: Sequence[Claim]) -> str:
    """The claims, one a row."""
    rows = [("what", "against", "wanted", "measured", "rounds", "")]
    for one in claims:
        spread = f"{one.spread[0]:.3g} to {one.spread[1]:.3g}" if one.spread else ""
        wanted = f"{one.sense} {one.bound:g}{one.unit}"
        measured = f"{one.measured:.3g}{one.unit}"
        rows.append((one.what, one.against, wanted, measured, spread, "holds" if one.holds else "FAILS"))
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def machine() -> dict[str, Any]:
    """What the figures depend on: processor, memory, system, versions."""
    model, flags = platform.processor() or platform.machine(), set[str]()
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                model = value.strip()
            if name.strip() == "flags":
                flags = set(value.split())
    has_sysconf = hasattr(os, "sysconf")
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "flags": [flag for flag in _FLAGS if flag in flags],
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1) if has_sysconf else 0,
        "load_at_the_end": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in _PACKAGES},
    }


def parser(doc: str | None, name: str) -> argparse.ArgumentParser:
    """Arguments with `--json` among them, which every benchmark has."""
    made = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{name}", description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--json", type=Path, default=RESULTS / f"{name}.json", metavar="FILE", help="where JSON goes")
    return made


def finish(report: Report, file: Path) -> None:
    """Print the table and the figures, and write them as JSON with the machine's description."""
    if report.claims:
        print(table(report.claims))
    for name, value in report.figures.items():
        print(f"{name}: {value}")
    file.parent.mkdir(parents=True, exist_ok=True)
    written = asdict(report) | {"taken": time.strftime("%Y-%m-%d"), "machine": machine()}
    file.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
