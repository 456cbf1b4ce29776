"""Interleaved measurements of variants, ratios of their medians, and the report.

Every round runs every variant once (A B C, A B C, …), so that other load on the machine affects all of them alike. The
first round is a warm-up and is discarded. A figure is a ratio of medians, reported with the minimum and maximum ratio
of any round; no absolute time is claimed.
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
_SETTLE = 0.3  # Seconds to wait for the previous variant's threads to stop spinning.
_FLAGS = ("avx2", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")
_PACKAGES = ("torch", "transformers", "sentence-transformers", "numpy")


@dataclass(frozen=True, slots=True)
class Measurement:
    """A task's time in seconds, the worker's peak resident memory so far in MiB, and the task's output."""

    seconds: float
    peak: float
    output: Any


class Worker:
    """A child process that runs `benchmarks.worker.serve`. A context manager."""

    def __init__(self, command: Sequence[str], home: Path | None = None) -> None:
        environment = _environment(home)
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.loaded = self._reply()

    def run(self, command: object) -> Measurement:
        """Run one task. `command` must be serializable as JSON."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._reply()

    def _reply(self) -> Measurement:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._process.args!r} exited with {self._process.wait()}")
        return Measurement(**json.loads(line))

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
    """Return an environment that disables network access and, if `home` is given, sets DOCQA_HOME."""
    offline = {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False"}
    return os.environ | offline | ({"DOCQA_HOME": str(home)} if home else {})


def python(module: str, *arguments: object) -> list[str]:
    """Return the command that runs a module with this interpreter."""
    return [sys.executable, "-m", module, *map(str, arguments)]


def timed(command: Sequence[str], home: Path | None = None, expected: Sequence[int] = (0,)) -> float:
    """Run a command and return its elapsed seconds. Raises `SystemExit` on an unexpected exit code."""
    environment = _environment(home)
    began = time.perf_counter()
    completed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if completed.returncode not in expected:
        raise SystemExit(f"{command!r} exited with {completed.returncode}: {completed.stderr[-2000:]}")
    return seconds


Times = dict[str, list[float]]


def interleaved(variants: Mapping[str, Callable[[int], float]], rounds: int, settle: float = _SETTLE) -> Times:
    """Call every variant in every round with the round's number, and collect the seconds that it returns.

    Round 0 is a warm-up; its times are discarded.
    """
    times: Times = {name: [] for name in variants}
    for number in range(rounds + 1):
        for name, variant in variants.items():
            time.sleep(settle)
            seconds = variant(number)
            if number:
                times[name].append(seconds)
        print(f"round {number} of {rounds}" if number else "warm-up", file=sys.stderr, flush=True)
    return times


@dataclass(frozen=True, slots=True)
class Claim:
    """A measurement of `what` against a baseline: `measured` should be `sense` (">=" or "<=") `bound`."""

    what: str
    against: str
    sense: str
    bound: float
    measured: float
    spread: tuple[float, float] | None = None
    unit: str = "×"

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        return self.measured >= self.bound if self.sense == ">=" else self.measured <= self.bound


def ratio(times: Times, slow: str, fast: str) -> tuple[float, tuple[float, float]]:
    """Return the ratio of two variants' medians, and the minimum and maximum ratio of a round."""
    each = [a / b for a, b in zip(times[slow], times[fast], strict=True)]
    return statistics.median(times[slow]) / statistics.median(times[fast]), (min(each), max(each))


@dataclass(slots=True)
class Report:
    """A benchmark's results: claims, `figures` without a claim, and the raw `seconds` by variant."""

    name: str
    claims: list[Claim] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    seconds: Times = field(default_factory=dict)

    def claim(self, what: str, against: str, target: tuple[str, float], *, times: Times, over: tuple[str, str]) -> None:
        """Add a claim about the ratio of the medians of the two variants `over`, and their times."""
        self.seconds |= times
        self.claims.append(Claim(what, against, *target, *ratio(times, *over)))


def table(claims: Sequence[Claim]) -> str:
    """Format the claims as a table, one per row."""
    rows = [("what", "against", "target", "measured", "rounds", "")]
    for claim in claims:
        spread = f"{claim.spread[0]:.3g} to {claim.spread[1]:.3g}" if claim.spread else ""
        target = f"{claim.sense} {claim.bound:g}{claim.unit}"
        measured = f"{claim.measured:.3g}{claim.unit}"
        rows.append((claim.what, claim.against, target, measured, spread, "holds" if claim.holds else "FAILS"))
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def machine() -> dict[str, Any]:
    """Describe the processor, memory, system and package versions."""
    model, flags = platform.processor() or platform.machine(), set[str]()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
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


def argument_parser(doc: str | None, name: str) -> argparse.ArgumentParser:
    """Return a parser with the `--json` option that every benchmark has."""
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{name}", description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, default=RESULTS / f"{name}.json", metavar="FILE", help="output file")
    return parser


def finish(report: Report, file: Path, details: Mapping[str, Any] | None = None) -> None:
    """Print the table and the figures, and save them, and `details`, as JSON with a description of the machine."""
    if report.claims:
        print(table(report.claims))
    for name, value in report.figures.items():
        print(f"{name}: {value}")
    file.parent.mkdir(parents=True, exist_ok=True)
    content = asdict(report) | {"taken": time.strftime("%Y-%m-%d"), "machine": machine()} | dict(details or {})
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
