"""What eight windows of 384 tokens cost, by library and type, each in a process of its own; torch in float32 is 1.

    python -m benchmarks.precision [--rounds 7]

How far int8's logits are from float32's stands beside it, on windows that its ranges are not measured on.
"""

import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from benchmarks.measuring import Report, Side, finish, in_turns, parser, python, ratio
from benchmarks.questions import reader
from benchmarks.side import Work, serve
from docqa.models import registry
from docqa.reader.backend import ROWS_ON_CPU, Backend
from docqa.reader.openvino_backend import OpenVinoBackend, measure_ranges, relative_error
from docqa.reader.reader import Reader
from docqa.reader.sequences import Batch

_TORCH = "torch, float32"
_KINDS = (_TORCH, "OpenVINO, float32", "OpenVINO, the usual type", "OpenVINO, int8")
_ASKED, _TEXT = "Who was with them, and on what day?", Path("sample_docs/expedition-journal.txt")


def windows() -> list[Batch]:
    """Eight windows of a sample document, in batches as docqa makes them."""
    tokenizer = Reader(registry.find(str(reader()), registry.ModelKind.READER), "cpu").tokenizer
    words = _TEXT.read_text(encoding="utf-8").split()
    rows = [tokenizer.encode(_ASKED, " ".join(words[first:])).ids[:384] for first in range(0, 2000, 250)]
    return [
        Batch(ids, np.ones_like(ids), np.zeros_like(ids)) for ids in np.split(np.array(rows), len(rows) // ROWS_ON_CPU)
    ]


def network(kind: str) -> Backend:
    """The bundled reader's network of a kind."""
    if kind == _TORCH:
        import torch

        from docqa.reader.torch_backend import TorchBackend

        return TorchBackend(reader(), "cpu", torch.float32)
    if kind == "OpenVINO, int8":
        sample = Reader(registry.find(str(reader()), registry.ModelKind.READER), "cpu").sample()
        return OpenVinoBackend(reader(), ranges=measure_ranges(reader(), sample)[0])
    return OpenVinoBackend(reader(), exact=kind == "OpenVINO, float32")


def load(kind: str) -> Work:
    """A network, and how far its logits are from float32's: what each command gives, having computed them."""
    computed, batches = network(kind), windows()
    exact = OpenVinoBackend(reader(), exact=True).logits(batches)
    off = relative_error(computed.logits(batches), exact)

    def compute(_: object) -> float:
        computed.logits(batches)
        return off

    return compute


def main() -> None:
    """Print and write what was found."""
    arguments = parser(__doc__, "precision")
    arguments.add_argument("--rounds", type=int, default=7)
    given = arguments.parse_args()
    off: dict[str, float] = {}
    with ExitStack() as stack:
        sides = {kind: stack.enter_context(Side(python("benchmarks.precision", kind))) for kind in _KINDS}

        def turn(kind: str) -> float:
            unit = sides[kind].do(None)
            off[kind] = unit.said
            return unit.seconds

        times = in_turns({kind: lambda _, kind=kind: turn(kind) for kind in _KINDS}, given.rounds)  # type: ignore[misc]
    report = Report("precision", seconds=times)
    for kind in _KINDS:
        cost, (least, most) = ratio(times, kind, _TORCH)
        report.figures[kind] = f"{cost:.2f} ({least:.2f} to {most:.2f}), logits off by {off[kind]:.3f}"
    finish(report, given.json)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in _KINDS:
        serve(lambda: load(sys.argv[1]))
    else:
        main()
