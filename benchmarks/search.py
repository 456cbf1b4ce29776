"""The time to find a known word in a PDF: what people use in a terminal today, and docqa.

    python -m benchmarks.search [--pages 300] [--rounds 3]

pdfgrep and rga are run where they are installed (Debian has pdfgrep); where one is not, its row says so. docqa's cold
side is a whole `docqa ask` with an empty index; its other side a question put to an opened collection.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import planted
from benchmarks.measuring import Report, Side, finish, in_turns, parser, python, ratio, timed

_TOOLS = ("pdfgrep", "rga")
_COLD, _OPENED = "docqa ask, cold", "a question, opened"


def measure(pages: int, rounds: int) -> Report:
    """Compare what is installed on a planted document; the word is the last planted answer's."""
    document = planted.document(pages)
    fact = document.facts[-1]
    word = fact.answer.split()[-1]
    there = [tool for tool in _TOOLS if shutil.which(tool)]
    with TemporaryDirectory() as folder:
        home = Path(folder)
        ask = [*python("docqa", "ask", fact.question, document.file), "--device", "cpu", "--quiet"]
        with Side(python("benchmarks.ours", "{}", document.file), home / "opened") as side:
            sides = {tool: lambda _, tool=tool: timed([tool, word, str(document.file)], home) for tool in there} | {
                _COLD: lambda number: timed(ask, home / f"cold-{number}", (0, 1)),
                _OPENED: lambda _: side.do(fact.question).seconds,
            }
            times = in_turns(sides, rounds)
    figures: dict[str, object] = {"pages": pages, "not installed": [tool for tool in _TOOLS if tool not in there]}
    for tool in there:
        for ours in (_COLD, _OPENED):
            median, spread = ratio(times, tool, ours)
            figures[f"{tool} over {ours}"] = f"{median:.3g}× ({spread[0]:.3g} to {spread[1]:.3g})"
    return Report("search", figures=figures, seconds=times)


def main() -> None:
    """Print and write what was found."""
    arguments = parser(__doc__, "search")
    arguments.add_argument("--pages", type=int, default=300)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    finish(measure(given.pages, given.rounds), given.json)


if __name__ == "__main__":
    main()
