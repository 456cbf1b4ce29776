"""Time to find a known word in a PDF: common terminal tools against docqa.

    python -m benchmarks.search [--pages 300] [--rounds 3]

Runs pdfgrep and rga if they are installed (Debian packages pdfgrep), and reports those that are missing. docqa is
measured twice: `docqa ask` with an empty cache, and a question on an opened collection.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import planted
from benchmarks.measuring import Report, Worker, argument_parser, finish, interleaved, python, ratio, timed

_TOOLS = ("pdfgrep", "rga")
_COLD, _OPENED = "docqa ask, cold", "question, opened"


def measure(pages: int, rounds: int) -> Report:
    """Compare the installed tools with docqa on a planted document; the word is from the last planted answer."""
    document = planted.document(pages)
    fact = document.facts[-1]
    word = fact.answer.split()[-1]
    installed = [tool for tool in _TOOLS if shutil.which(tool)]
    with TemporaryDirectory() as folder:
        home = Path(folder)
        ask = [*python("docqa", "ask", fact.question, document.file), "--device", "cpu", "--quiet"]
        with Worker(python("benchmarks.ours", "{}", document.file), home / "opened") as worker:
            variants = {
                tool: lambda _, tool=tool: timed([tool, word, str(document.file)], home) for tool in installed
            } | {
                _COLD: lambda number: timed(ask, home / f"cold-{number}", (0, 1)),
                _OPENED: lambda _: worker.run(fact.question).seconds,
            }
            times = interleaved(variants, rounds)
    figures: dict[str, object] = {"pages": pages, "not installed": [tool for tool in _TOOLS if tool not in installed]}
    for tool in installed:
        for ours in (_COLD, _OPENED):
            median, spread = ratio(times, tool, ours)
            figures[f"{tool} over {ours}"] = f"{median:.3g}× ({spread[0]:.3g} to {spread[1]:.3g})"
    return Report("search", figures=figures, seconds=times)


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "search")
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    finish(measure(args.pages, args.rounds), args.json)


if __name__ == "__main__":
    main()
