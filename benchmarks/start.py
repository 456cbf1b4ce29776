"""Time of `docqa --help` relative to `python -c pass`, and the heavy modules that it imports.

python -m benchmarks.start [--rounds 15]
"""

import subprocess
import sys
from pathlib import Path

from benchmarks.measuring import Claim, Report, argument_parser, finish, interleaved, timed

_HEAVY = ("torch", "transformers", "sentence_transformers", "textual", "numpy", "tokenizers", "pypdfium2_raw", "scipy")


def measure(rounds: int) -> Report:
    """Compare them, and list the heavy modules imported."""
    command = [str(Path(sys.executable).with_name("docqa")), "--help"]
    nothing = [sys.executable, "-c", "pass"]
    times = interleaved({"--help": lambda _: timed(command), "pass": lambda _: timed(nothing)}, rounds, settle=0)
    trace = subprocess.run(
        [sys.executable, "-X", "importtime", *command], capture_output=True, text=True, check=True
    ).stderr
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in trace.splitlines()}
    heavy = [name for name in _HEAVY if name in imported]
    report = Report("start", figures={"heavy modules imported by --help": heavy})
    report.claim("docqa --help", "python -c pass", ("<=", 6), times=times, over=("--help", "pass"))
    report.claims.append(Claim("torch imported by --help", "not imported", "<=", 0, float("torch" in heavy), unit=""))
    return report


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "start")
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    finish(measure(args.rounds), args.json)


if __name__ == "__main__":
    main()
