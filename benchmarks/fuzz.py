"""Damaged files through docqa: what crashes, hangs or takes too much memory, is opened or refused, and in which words.

    python -m benchmarks.fuzz [FOLDER...] [--mutations N] [--seed SEED] [--keep FOLDER]
    python -m benchmarks.fuzz --as-they-are FOLDER...

Every PDF, text, Markdown and pairs file of the folders is damaged by `benchmarks.mutations`: each one once, then small
ones more often than large ones. With --as-they-are they are read as they are. A process of its own parses many files,
one after the other; if it crashes, hangs or grows too large, it is replaced. Every document that opens is checked
(`invariants`). The same seed gives the same mutations; inputs with faults are kept in a folder. The exit code is 1 if
there were any. Time is that of the processors, so that a busy machine makes no hangs; memory is the peak of any one
process. Needs Linux.
"""

import argparse
import contextlib
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from benchmarks.fuzz_worker import PAIRS
from benchmarks.measuring import Report, argument_parser, finish

ROOT = Path(__file__).parent.parent
WORKER = (sys.executable, "-m", "benchmarks.fuzz_worker")
_SUFFIXES = {".pdf", ".txt", ".md", ".markdown", *PAIRS}
_USUAL_SIZE = 100_000  # Bytes: larger files are drawn less often, in proportion.
_LARGEST_PAIRS = 1_000_000
_POLL = 0.1
_PATIENCE = 10  # Times the limit is how long to wait for a process that does nothing.
_SLOW = 0.2  # Times the limit: what takes as long is kept, too.
_FAULTS = ("crash", "hang", "memory")


class Input(NamedTuple):
    """A file, and how it is mutated: not at all if `seed` is None."""

    file: Path
    other: Path | None = None
    seed: str | None = None
    isolated: bool = False


class Limits(NamedTuple):
    """What parsing one file may take: seconds of the processors, and MiB of memory of any one process."""

    seconds: float = 20
    memory: float = 2048


class Parser:
    """A process that parses one file after the other. It is started anew when it is gone."""

    def __init__(self, limits: Limits, kept: Path, worker: Sequence[str] = WORKER) -> None:
        self._limits = limits
        self._worker = worker
        self._kept = kept
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Parser":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def outcome(self, each: Input) -> dict[str, Any]:
        """Parse a file. Returns what came of it, the seconds that it took, and the peak memory in MiB."""
        process = self._process or self._start()
        assert process.stdin and process.stdout
        for pid in _family(process.pid):
            _forget_peak(pid)
        began = _seconds(process.pid)
        command = {**each._asdict(), "kept": self._kept}
        process.stdin.write(json.dumps(command, default=str).encode() + b"\n")
        process.stdin.flush()
        deadline = time.monotonic() + _PATIENCE * self._limits.seconds
        peak = spent = 0.0
        with selectors.DefaultSelector() as ready:
            ready.register(process.stdout, selectors.EVENT_READ)
            while True:
                answered = ready.select(_POLL)
                peak = max([peak, *map(_peak, _family(process.pid))])
                spent = max(spent, _seconds(process.pid) - began)
                if (
                    answered
                    or peak > self._limits.memory
                    or spent > self._limits.seconds
                    or time.monotonic() > deadline
                ):
                    break
        found: dict[str, Any] = {"status": "hang"}
        if answered:
            line = process.stdout.readline()
            found = json.loads(line) if line else {"status": "crash", "message": self._end()}
        if peak > self._limits.memory:
            found["status"] = "memory"
        if found["status"] in {"memory", "hang"}:
            self._end()
        return {**found, "seconds": round(spent, 2), "peak": round(peak)}

    def _start(self) -> "subprocess.Popen[bytes]":
        self._process = subprocess.Popen(
            self._worker,
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self._process

    def _end(self) -> str:
        """End the process, and say how it ended."""
        process, self._process = self._process, None
        if process is None:
            return ""
        for pid in reversed(_family(process.pid)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        code = process.wait()
        for pipe in filter(None, (process.stdin, process.stdout)):
            pipe.close()
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _family(pid: int) -> list[int]:
    """A process and all that it started, those that have ended left out."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        others = [each for each in Path(f"/proc/{pid}/task").iterdir() if each.name != str(pid)]
        for thread in others:
            children += (thread / "children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in _family(int(child)))]


def _peak(pid: int) -> float:
    """The peak memory of a process in MiB, 0 if it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0


def _forget_peak(pid: int) -> None:
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return  # It has ended.


def _seconds(pid: int) -> float:
    """The processor time of a process and of all that it started."""
    total = 0
    for each in _family(pid):
        try:
            fields = Path(f"/proc/{each}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11 : 15 if each == pid else 13]))
    return total / os.sysconf("SC_CLK_TCK")


def files_in(folders: Sequence[Path]) -> list[Path]:
    """The files below the folders that docqa reads, sorted."""
    return [
        file
        for folder in folders
        for file in ([folder] if folder.is_file() else sorted(folder.rglob("*")))
        if file.suffix.lower() in _SUFFIXES
        and file.is_file()
        and (file.suffix not in PAIRS or file.stat().st_size < _LARGEST_PAIRS)
    ]


def mutations(files: Sequence[Path], count: int, seed: int) -> Iterator[Input]:
    """Draw `count` mutations: first one of every file, then of files by their sizes. Others are of the same suffix."""
    random = Random(seed)
    kinds: dict[str, list[Path]] = {}
    for file in files:
        kinds.setdefault(file.suffix.lower(), []).append(file)
    weights = [1 / max(1, file.stat().st_size / _USUAL_SIZE) for file in files]
    drawn = [*random.sample(list(files), len(files)), *random.choices(files, weights, k=count)]
    for number, file in enumerate(drawn[:count]):
        yield Input(file, random.choice(kinds[file.suffix.lower()]), f"{seed}:{number}")


def run(inputs: Sequence[Input], limits: Limits, keep: Path) -> list[dict[str, Any]]:
    """Parse all inputs, or those up to a Ctrl-C. Those with faults are kept, and printed as they are found."""
    keep.mkdir(parents=True, exist_ok=True)
    outcomes: list[dict[str, Any]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Parser(limits, Path(folder) / "input") as parser,
        contextlib.suppress(KeyboardInterrupt),
    ):
        for number, each in enumerate(inputs, 1):
            found = parser.outcome(each) | {"file": each.file.name, "seed": each.seed}
            outcomes.append(found)
            if found["status"] in _FAULTS or found["seconds"] > _SLOW * limits.seconds:
                data = Path(folder, f"input{each.file.suffix}").read_bytes()
                found["kept"] = str(keep / f"{found['status']}-{number}{each.file.suffix}")
                Path(found["kept"]).write_bytes(data)
                print(json.dumps(found, ensure_ascii=False), flush=True)
            if sys.stderr.isatty():
                print(f"\r{number} of {len(inputs)} {each.file.name[:60]:60}", end="", file=sys.stderr, flush=True)
    return outcomes


def figures(outcomes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Sum up: how many were opened, refused and faulty, the sentences, the slowest, the peak."""
    slowest = max(outcomes, key=lambda each: each["seconds"], default=None)
    largest = max(outcomes, key=lambda each: each["peak"], default=None)
    statuses = Counter(each["status"] for each in outcomes)
    sentences = Counter(_sentence(each["message"]) for each in outcomes if each["status"] == "refused")
    return {
        "inputs": len(outcomes),
        "files": len({each["file"] for each in outcomes}),
        **{status: statuses[status] for status in ("opened", "refused", *_FAULTS)},
        **({"slowest": f"{slowest['seconds']} s ({slowest['file']})"} if slowest else {}),
        **({"peak memory of a process": f"{largest['peak']} MiB ({largest['file']})"} if largest else {}),
        "refused by": dict(sentences.most_common()),
    }


def _sentence(message: str) -> str:
    """A message with its numbers, names and details left out."""
    message = re.sub(r"\b0x\w\w|\d[\d,.]*", "N", message.replace("\n", " "))
    message = re.split(r", near|, found|(?<=invalid JSON)|(?<=invalid row)", message)[0]
    return re.sub(r"'[^']*'|\"[^\"]*\"", "'…'", message)[:160]


def main() -> None:
    """Run, print and save the figures."""
    parser = argument_parser(__doc__, "fuzz")
    parser.add_argument("folders", nargs="*", type=Path, default=[ROOT / "sample_docs"])
    parser.add_argument("--mutations", type=int, default=1000, metavar="N", help="how many (default: 1000)")
    parser.add_argument("--seed", type=int, default=17, help="of the mutations (default: 17)")
    parser.add_argument("--as-they-are", action="store_true", help="read the files without damaging them")
    parser.add_argument("--isolated", action="store_true", help="within docqa's own limits, as its commands parse")
    parser.add_argument("--seconds", type=float, default=Limits().seconds, help="for one file (default: 20)")
    parser.add_argument("--memory", type=float, default=Limits().memory, help="MiB of a process (default: 2048)")
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()) / "docqa-fuzz", help="folder for inputs with faults"
    )
    args: argparse.Namespace = parser.parse_args()
    files = files_in(args.folders)
    if not files:
        raise SystemExit("there are no PDF, text, Markdown or pairs files in these folders")
    inputs = [*map(Input, files)] if args.as_they_are else [*mutations(files, args.mutations, args.seed)]
    inputs = [each._replace(isolated=args.isolated) for each in inputs]
    outcomes = run(inputs, Limits(args.seconds, args.memory), args.keep)
    report = Report("fuzz", figures=figures(outcomes))
    sentences = report.figures.pop("refused by")
    faults = [each for each in outcomes if each["status"] in _FAULTS]
    finish(report, args.json, {"refused by": sentences, "faults": faults})
    for sentence, count in sentences.items():
        print(f"{count:6} refused: {sentence}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
