"""First opening of a PDF against MiniLM encoding the same windows, and against the second opening.

    python -m benchmarks.opening [--pages 300] [--rounds 3]

An opening ends when a question can be asked. Against MiniLM, the first opening includes loading docqa's reader and
encoder, as in a new process, while MiniLM's model is loaded beforehand. The second opening is compared with the first
with the models already loaded, because it saves only the work on the document. Two more figures are reported: that
comparison including model loading, and the first opening with a reader that was never loaded on this machine, for which
docqa measures whether int8 is faster.
"""

import json
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import docqa
from benchmarks import planted
from benchmarks.measuring import Report, Worker, argument_parser, finish, interleaved, python, ratio
from benchmarks.questions import reader

_FIRST, _SECOND, _MINILM = "first opening", "second opening", "MiniLM"
_NEW_READER = "first opening, with a new reader"
_FIRST_LOADED, _SECOND_LOADED = "first, models loaded", "second, models loaded"


def measure(pages: int, rounds: int) -> Report:
    """Compare them on a planted document."""
    file = planted.document(pages).file
    opened = docqa.open(file, cache=False, device="cpu").opened[0]
    texts = [opened.document.text[slice(*opened.windows.span(number))] for number in range(len(opened.windows))]
    with TemporaryDirectory() as folder, ExitStack() as stack:
        windows = Path(folder) / "windows.json"
        windows.write_text(json.dumps(texts), encoding="utf-8")
        ours = stack.enter_context(Worker(python("benchmarks.opener", file), Path(folder) / "home"))
        minilm = stack.enter_context(Worker(python("benchmarks.minilm", reader(), windows)))

        def opening(number: int) -> float:
            """The second call in a round finds the index of the first."""
            return ours.run((f"{folder}/index-{number}", True, False)).seconds

        def new_reader(number: int) -> float:
            return ours.run((f"{folder}/new-reader-{number}", True, True)).seconds

        def loaded(number: int) -> float:
            return ours.run((f"{folder}/loaded-{number}", False, False)).seconds

        times = interleaved(
            {
                _MINILM: lambda _: minilm.run(None).seconds,
                _FIRST: opening,
                _SECOND: opening,
                _NEW_READER: new_reader,
                _FIRST_LOADED: loaded,
                _SECOND_LOADED: loaded,
            },
            rounds,
        )
    report = Report("opening", figures={"pages": pages, "windows": len(texts)})
    what = f"first opening of {pages} pages"
    report.claim(what, "MiniLM's indexing alone", (">=", 5), times=times, over=(_MINILM, _FIRST))
    report.claim("second opening", "first opening", (">=", 10), times=times, over=(_FIRST_LOADED, _SECOND_LOADED))
    report.figures["MiniLM over the first opening with a new reader"] = f"{ratio(times, _MINILM, _NEW_READER)[0]:.3g}×"
    report.figures["first over second, loading the models"] = f"{ratio(times, _FIRST, _SECOND)[0]:.3g}×"
    return report


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "opening")
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    finish(measure(args.pages, args.rounds), args.json)


if __name__ == "__main__":
    main()
