"""All the benchmarks that make a claim, one after the other, and one table of what they found.

    python -m benchmarks [--quick] [--squad SQUAD_V1]

Each runs in a process of its own and writes `benchmarks/results/NAME.json`; the exit code is 1 where a claim fails or a
benchmark ends early. `--quick` is a small run of everything, to see that it works: its figures mean nothing.
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
    """Run them all."""
    arguments = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--quick", action="store_true", help="small, to see that everything works")
    arguments.add_argument("--squad", type=Path, default=_SQUAD, metavar="SQUAD_V1", help="the file of `fidelity`")
    given = arguments.parse_args()
    claims: list[Claim] = []
    early: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        results = Path(scratch) if given.quick else RESULTS  # What is kept is of whole runs.
        for name, options in (_QUICK if given.quick else _FULL).items():
            print(f"\n== {name}", flush=True)
            if name == "fidelity" and not given.squad.is_file():
                print(f"left out: there is no {given.squad.name}")
                early.append(name)
                continue
            file = results / f"{name}.json"
            about = (str(given.squad),) if name == "fidelity" else ()
            command = python(f"benchmarks.{name}", *about, *options, "--json", file)
            if subprocess.run(command, cwd=ROOT, check=False).returncode:
                early.append(name)
                continue
            found = json.loads(file.read_text(encoding="utf-8"))["claims"]
            claims += [Claim(**(one | {"spread": one["spread"] and tuple(one["spread"])})) for one in found]
    print("\n" + table(claims))
    for name in early:
        print(f"{name} came to no end")
    sys.exit(0 if not early and all(one.holds for one in claims) else 1)


if __name__ == "__main__":
    main()
