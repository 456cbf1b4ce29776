"""The first opening of a PDF until it can be asked against MiniLM's indexing of the same windows, and the second.

    python -m benchmarks.opening [--pages 300] [--rounds 3]

docqa's side parses, tokenizes, indexes and loads its reader; MiniLM's only encodes, its model loaded beforehand.
"""

import json
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import docqa
from benchmarks import planted
from benchmarks.measuring import Report, Side, finish, in_turns, parser, python
from benchmarks.questions import reader

_FIRST, _SECOND, _MINILM = "first opening", "second opening", "MiniLM"


def measure(pages: int, rounds: int) -> Report:
    """Compare the three on a planted document."""
    file = planted.document(pages).file
    opened = docqa.open(file, cache=False, device="cpu").opened[0]
    texts = [opened.document.text[slice(*opened.windows.span(number))] for number in range(len(opened.windows))]
    with TemporaryDirectory() as folder, ExitStack() as stack:
        windows = Path(folder) / "windows.json"
        windows.write_text(json.dumps(texts), encoding="utf-8")
        ours = stack.enter_context(Side(python("benchmarks.opener", file), Path(folder) / "home"))
        minilm = stack.enter_context(Side(python("benchmarks.minilm", reader(), windows)))

        def opening(number: int) -> float:
            """The second time in a round, its folder is filled."""
            return ours.do(f"{folder}/index-{number}").seconds

        times = in_turns({_MINILM: lambda _: minilm.do(None).seconds, _FIRST: opening, _SECOND: opening}, rounds)
    report = Report("opening", figures={"pages": pages, "windows": len(texts)})
    what = f"first opening of {pages} pages"
    report.claim(what, "MiniLM's indexing alone", (">=", 5), times=times, over=(_MINILM, _FIRST))
    report.claim("second opening", "the first", (">=", 10), times=times, over=(_FIRST, _SECOND))
    return report


def main() -> None:
    """Print and write what was found."""
    arguments = parser(__doc__, "opening")
    arguments.add_argument("--pages", type=int, default=300)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    finish(measure(given.pages, given.rounds), given.json)


if __name__ == "__main__":
    main()
