"""How long `docqa --help` takes, in times of Python doing nothing, and what heavy modules it imports.

python -m benchmarks.start [--rounds 15]
"""

import subprocess
import sys
from pathlib import Path

from benchmarks.measuring import Claim, Report, finish, in_turns, parser, timed

_HEAVY = ("torch", "transformers", "sentence_transformers", "textual", "numpy", "tokenizers", "pypdfium2_raw", "scipy")


def measure(rounds: int) -> Report:
    """Compare the two."""
    command = [str(Path(sys.executable).with_name("docqa")), "--help"]
    nothing = [sys.executable, "-c", "pass"]
    times = in_turns({"--help": lambda _: timed(command), "pass": lambda _: timed(nothing)}, rounds, settle=0)
    told = subprocess.run(
        [sys.executable, "-X", "importtime", *command], capture_output=True, text=True, check=True
    ).stderr
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in told.splitlines()}
    heavy = [name for name in _HEAVY if name in imported]
    report = Report("start", figures={"heavy modules imported by --help": heavy})
    report.claim("docqa --help", "python -c pass", ("<=", 6), times=times, over=("--help", "pass"))
    report.claims.append(Claim("torch imported by --help", "not at all", "<=", 0, float("torch" in heavy), unit=""))
    return report


def main() -> None:
    """Print and write what was found."""
    arguments = parser(__doc__, "start")
    arguments.add_argument("--rounds", type=int, default=15)
    given = arguments.parse_args()
    finish(measure(given.rounds), given.json)


if __name__ == "__main__":
    main()
