"""Run every benchmark that supports a claim, and print one table of the results.

    python -m benchmarks [--quick] [--squad SQUAD_V1]

Each benchmark runs in its own process and writes `benchmarks/results/NAME.json`. The exit code is 1 if a claim fails or
a benchmark doesn't finish. `--quick` is a smoke test of everything: its figures mean nothing.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import RESULTS, ROOT, Claim, python, table

_SQUAD = ROOT.parent / "shared" / "data" / "dev" / "squad-v1.1-dev-a.json"
_FULL: dict[str, tuple[str, ...]] = {
    "start": (),
    "app": ("--rounds", "3"),
    "documents": (),
    "search": (),
    "opening": (),
    "many": (),
    "memory": (),
    "growth": ("--rounds", "3"),
    "questions": ("--rounds", "3"),
    "precision": (),
    "fidelity": (),
}
_QUICK: dict[str, tuple[str, ...]] = {
    "start": ("--rounds", "3"),
    "app": ("--rounds", "1"),
    "documents": ("sample_docs/harbour-report.pdf", "--repeats", "1"),
    "search": ("--pages", "10", "--rounds", "1"),
    "opening": ("--pages", "10", "--rounds", "1"),
    "many": ("--pages", "10", "--rounds", "1", "--questions", "4"),
    "memory": ("--pages", "10"),
    "growth": ("--pages", "10", "30", "--rounds", "1"),
    "questions": ("--pages", "10", "--rounds", "1"),
    "precision": ("--rounds", "1"),
    "fidelity": ("--sample", "50"),
}


def main() -> None:
    """Run all benchmarks."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="smoke test; discards the results")
    parser.add_argument("--squad", type=Path, default=_SQUAD, metavar="SQUAD_V1", help="file for `fidelity`")
    args = parser.parse_args()
    claims: list[Claim] = []
    unfinished: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        results = Path(scratch) if args.quick else RESULTS  # Only full runs are kept.
        for name, options in (_QUICK if args.quick else _FULL).items():
            print(f"\n== {name}", flush=True)
            if name == "fidelity" and not args.squad.is_file():
                print(f"skipped: {args.squad.name} not found")
                unfinished.append(name)
                continue
            file = results / f"{name}.json"
            inputs = (str(args.squad),) if name == "fidelity" else ()
            command = python(f"benchmarks.{name}", *inputs, *options, "--json", file)
            if subprocess.run(command, cwd=ROOT, check=False).returncode:
                unfinished.append(name)
                continue
            saved = json.loads(file.read_text(encoding="utf-8"))["claims"]
            claims += [Claim(**(claim | {"spread": claim["spread"] and tuple(claim["spread"])})) for claim in saved]
    print("\n" + table(claims))
    for name in unfinished:
        print(f"{name} did not finish")
    sys.exit(0 if not unfinished and all(claim.holds for claim in claims) else 1)


if __name__ == "__main__":
    main()
