"""Cost of eight windows of 384 tokens by library and precision, each in its own process, relative to torch in float32.

    python -m benchmarks.precision [--rounds 7]

Also reports how far the logits are from float32's, on windows that int8 was not calibrated on.
"""

import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from benchmarks.measuring import Report, Worker, argument_parser, finish, interleaved, python, ratio
from benchmarks.questions import reader
from benchmarks.worker import Work, serve
from docqa.models import registry
from docqa.reader.backend import ROWS_ON_CPU, Backend
from docqa.reader.openvino_backend import OpenVinoBackend, measure_ranges, relative_error
from docqa.reader.reader import Reader
from docqa.reader.sequences import Batch

_TORCH = "torch, float32"
_KINDS = (_TORCH, "OpenVINO, float32", "OpenVINO, default precision", "OpenVINO, int8")
_QUESTION, _TEXT = "Who was with them, and on what day?", Path("sample_docs/expedition-journal.txt")


def windows() -> list[Batch]:
    """Return eight windows of a sample document, in batches of docqa's size."""
    tokenizer = Reader(registry.find(str(reader()), registry.ModelKind.READER), "cpu").tokenizer
    words = _TEXT.read_text(encoding="utf-8").split()
    rows = [tokenizer.encode(_QUESTION, " ".join(words[first:])).ids[:384] for first in range(0, 2000, 250)]
    return [
        Batch(ids, np.ones_like(ids), np.zeros_like(ids)) for ids in np.split(np.array(rows), len(rows) // ROWS_ON_CPU)
    ]


def network(kind: str) -> Backend:
    """Return the bundled reader's network for one of `_KINDS`."""
    if kind == _TORCH:
        import torch

        from docqa.reader.torch_backend import TorchBackend

        return TorchBackend(reader(), "cpu", torch.float32)
    if kind == "OpenVINO, int8":
        sample = Reader(registry.find(str(reader()), registry.ModelKind.READER), "cpu").sample()
        return OpenVinoBackend(reader(), ranges=measure_ranges(reader(), sample)[0])
    return OpenVinoBackend(reader(), exact=kind == "OpenVINO, float32")


def load(kind: str) -> Work:
    """Load a network. Each task computes the logits and returns their relative error against float32."""
    backend, batches = network(kind), windows()
    exact = OpenVinoBackend(reader(), exact=True).logits(batches)
    error = relative_error(backend.logits(batches), exact)

    def compute(_: object) -> float:
        backend.logits(batches)
        return error

    return compute


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "precision")
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    errors: dict[str, float] = {}
    with ExitStack() as stack:
        variants = {kind: stack.enter_context(Worker(python("benchmarks.precision", kind))) for kind in _KINDS}

        def turn(kind: str) -> float:
            measured = variants[kind].run(None)
            errors[kind] = measured.output
            return measured.seconds

        times = interleaved({kind: lambda _, kind=kind: turn(kind) for kind in _KINDS}, args.rounds)  # type: ignore[misc]
    report = Report("precision", seconds=times)
    for kind in _KINDS:
        cost, (minimum, maximum) = ratio(times, kind, _TORCH)
        report.figures[kind] = (
            f"{cost:.2f} ({minimum:.2f} to {maximum:.2f}), relative error of logits {errors[kind]:.3f}"
        )
    finish(report, args.json)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in _KINDS:
        serve(lambda: load(sys.argv[1]))
    else:
        main()
