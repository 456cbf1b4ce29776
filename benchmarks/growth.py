"""How the cost grows with the number of pages, documents, questions and windows read.

    python -m benchmarks.growth [--pages 30 100 300 1000 3000] [--rounds 5]

Each parameter is swept with the others at their defaults, its values interleaved. The exponent is the slope of a
least-squares line through log(value) and log(median seconds): 0 means constant cost, 1 linear cost.
"""

import statistics
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import planted
from benchmarks.measuring import Claim, Report, Times, Worker, argument_parser, finish, interleaved, python, ratio

_DOCUMENTS, _QUESTIONS, _K = (1, 2, 4, 8), (1, 2, 4, 8, 16), (1, 2, 4, 8, 16, 32)
_SMALL = 30  # Pages per document, except in the sweep over pages.


def exponent(seconds: Mapping[float, float]) -> float:
    """Return the slope of log(seconds) over log(value)."""
    return float(np.polyfit(np.log(list(seconds)), np.log(list(seconds.values())), 1)[0])


def measure(pages: list[int], rounds: int) -> Report:
    """Sweep all four parameters."""
    report = Report("growth")
    small = planted.document(_SMALL)
    questions = [fact.question for fact in small.facts]
    with TemporaryDirectory() as folder:
        home = Path(folder)
        lengths = {n: [planted.document(n).file] for n in pages}
        counts = {n: [planted.document(_SMALL, seed).file for seed in range(n)] for n in _DOCUMENTS}
        times = _opened(report, "pages", lengths, rounds, home)
        _opened(report, "documents", counts, rounds, home)
        with Worker(python("benchmarks.ours", "{}", small.file), home) as worker:
            variants = {f"{n} questions": lambda _, n=n: worker.run(questions[:n]).seconds for n in _QUESTIONS}
            _record(report, "questions", _QUESTIONS, interleaved(variants, rounds))
        with ExitStack() as stack:
            opened = {
                k: stack.enter_context(Worker(python("benchmarks.ours", f'{{"top_k_windows": {k}}}', small.file), home))
                for k in _K
            }
            variants = {f"{k} read": lambda i, k=k: opened[k].run(questions[i]).seconds for k in _K}
            _record(report, "windows read", _K, interleaved(variants, rounds))
    if {300, 3000} <= set(pages):
        measured = ratio(times, "3000 pages", "300 pages")
        report.claims.append(Claim("a question on 3,000 pages", "on 300 pages", "<=", 2, *measured))
    return report


def _opened(report: Report, what: str, files: Mapping[int, list[Path]], rounds: int, home: Path) -> Times:
    """Time questions on collections of different sizes, interleaved."""
    questions = [fact.question for fact in planted.document(_SMALL).facts]
    with ExitStack() as stack:
        opened = {n: stack.enter_context(Worker(python("benchmarks.ours", "{}", *files[n]), home)) for n in files}
        variants = {f"{n} {what}": lambda i, n=n: opened[n].run(questions[i]).seconds for n in files}
        times = interleaved(variants, rounds)
    _record(report, what, tuple(files), times)
    return times


def _record(report: Report, what: str, values: tuple[int, ...], times: Times) -> None:
    medians = {float(n): statistics.median(seconds) for n, seconds in zip(values, times.values(), strict=True)}
    report.seconds |= times
    report.figures[f"exponent of a question's time over {what}, {values[0]} to {values[-1]}"] = round(
        exponent(medians), 2
    )


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "growth")
    parser.add_argument("--pages", type=int, nargs="+", default=[30, 100, 300, 1000, 3000])
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    finish(measure(args.pages, args.rounds), args.json)


if __name__ == "__main__":
    main()
