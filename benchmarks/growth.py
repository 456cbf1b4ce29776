"""How the cost grows with the document, the number of documents, the number of questions and the windows read.

    python -m benchmarks.growth [--pages 30 100 300 1000 3000] [--rounds 5]

Each is swept with the others as they come, its values in turns. The exponent is the slope of a line through the
logarithms of value and median seconds, by least squares: 0 where it doesn't matter, 1 where the cost is in proportion.
"""

import statistics
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import planted
from benchmarks.measuring import Claim, Report, Side, Times, finish, in_turns, parser, python, ratio

_DOCUMENTS, _QUESTIONS, _K = (1, 2, 4, 8), (1, 2, 4, 8, 16), (1, 2, 4, 8, 16, 32)
_SMALL = 30  # Pages of each of many documents, and where questions and windows are swept.


def exponent(seconds: Mapping[float, float]) -> float:
    """The slope of log seconds over log value."""
    return float(np.polyfit(np.log(list(seconds)), np.log(list(seconds.values())), 1)[0])


def measure(pages: list[int], rounds: int) -> Report:
    """Sweep all four."""
    report = Report("growth")
    small = planted.document(_SMALL)
    questions = [fact.question for fact in small.facts]
    with TemporaryDirectory() as folder:
        home = Path(folder)
        lengths = {n: [planted.document(n).file] for n in pages}
        counts = {n: [planted.document(_SMALL, seed).file for seed in range(n)] for n in _DOCUMENTS}
        times = _opened(report, "pages", lengths, rounds, home)
        _opened(report, "documents", counts, rounds, home)
        with Side(python("benchmarks.ours", "{}", small.file), home) as side:
            sides = {f"{n} questions": lambda _, n=n: side.do(questions[:n]).seconds for n in _QUESTIONS}
            _note(report, "questions", _QUESTIONS, in_turns(sides, rounds))
        with ExitStack() as stack:
            opened = {
                k: stack.enter_context(Side(python("benchmarks.ours", f'{{"top_k_windows": {k}}}', small.file), home))
                for k in _K
            }
            sides = {f"{k} read": lambda i, k=k: opened[k].do(questions[i]).seconds for k in _K}
            _note(report, "windows read", _K, in_turns(sides, rounds))
    if {300, 3000} <= set(pages):
        measured = ratio(times, "3000 pages", "300 pages")
        report.claims.append(Claim("a question on 3,000 pages", "on 300 pages", "<=", 2, *measured))
    return report


def _opened(report: Report, what: str, files: Mapping[int, list[Path]], rounds: int, home: Path) -> Times:
    """Ask of collections of different sizes, in turns; their first openings are timed once."""
    questions = [fact.question for fact in planted.document(_SMALL).facts]
    with ExitStack() as stack:
        opened = {n: stack.enter_context(Side(python("benchmarks.ours", "{}", *files[n]), home)) for n in files}
        sides = {f"{n} {what}": lambda i, n=n: opened[n].do(questions[i]).seconds for n in files}
        times = in_turns(sides, rounds)
    _note(report, what, tuple(files), times)
    return times


def _note(report: Report, what: str, values: tuple[int, ...], times: Times) -> None:
    medians = {float(n): statistics.median(seconds) for n, seconds in zip(values, times.values(), strict=True)}
    report.seconds |= times
    report.figures[f"exponent of a question's time over {what}, {values[0]} to {values[-1]}"] = round(
        exponent(medians), 2
    )


def main() -> None:
    """Print and write what was found."""
    arguments = parser(__doc__, "growth")
    arguments.add_argument("--pages", type=int, nargs="+", default=[30, 100, 300, 1000, 3000])
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    finish(measure(given.pages, given.rounds), given.json)


if __name__ == "__main__":
    main()
