"""The first opening of a PDF until it can be asked against MiniLM's indexing of the same windows, and the second.

    python -m benchmarks.opening [--pages 300] [--rounds 3]

The first opening loads docqa's reader and encoder too, as a new process has to; MiniLM's side only encodes, its model
loaded beforehand. The second opening is compared with the first in a process that has its models: what it spares is the
document, and they have to be loaded either way. Two figures stand beside that: with loading, and the first opening with
a reader that was never loaded on this machine, where docqa measures whether int8 is faster.
"""

import json
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import docqa
from benchmarks import planted
from benchmarks.measuring import Report, Side, finish, in_turns, parser, python, ratio
from benchmarks.questions import reader

_FIRST, _SECOND, _MINILM = "first opening", "second opening", "MiniLM"
_UNKNOWN = "first opening, with a new reader"
_FIRST_LOADED, _SECOND_LOADED = "first, models loaded", "second, models loaded"


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
            return ours.do((f"{folder}/index-{number}", True, False)).seconds

        def unknown(number: int) -> float:
            return ours.do((f"{folder}/unknown-{number}", True, True)).seconds

        def loaded(number: int) -> float:
            return ours.do((f"{folder}/loaded-{number}", False, False)).seconds

        times = in_turns(
            {
                _MINILM: lambda _: minilm.do(None).seconds,
                _FIRST: opening,
                _SECOND: opening,
                _UNKNOWN: unknown,
                _FIRST_LOADED: loaded,
                _SECOND_LOADED: loaded,
            },
            rounds,
        )
    report = Report("opening", figures={"pages": pages, "windows": len(texts)})
    what = f"first opening of {pages} pages"
    report.claim(what, "MiniLM's indexing alone", (">=", 5), times=times, over=(_MINILM, _FIRST))
    report.claim("second opening", "the first", (">=", 10), times=times, over=(_FIRST_LOADED, _SECOND_LOADED))
    report.figures["MiniLM over the first opening with a new reader"] = f"{ratio(times, _MINILM, _UNKNOWN)[0]:.3g}×"
    report.figures["first over second, loading the models"] = f"{ratio(times, _FIRST, _SECOND)[0]:.3g}×"
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
