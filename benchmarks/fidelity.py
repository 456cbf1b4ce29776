"""Whether docqa's default precision answers like plain float32: EM, F1 and identical answers on a SQuAD file.

    python -m benchmarks.fidelity SQUAD_V1 [--sample N]

Both use docqa's own evaluation, each question on its paragraph. They differ only in what computes the logits: docqa's
default backend, or transformers' model in float32.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModelForQuestionAnswering

from benchmarks.measuring import Claim, Report, argument_parser, finish
from docqa import datasets
from docqa.evaluation import evaluate_contexts, metrics
from docqa.evaluation.metrics import Scores
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.progress import Monitor
from docqa.reader.reader import Reader


class PlainReader(Reader):
    """A reader whose logits come from transformers' float32 model."""

    def __init__(self, model: registry.Model) -> None:
        super().__init__(model, "cpu")
        self._plain = AutoModelForQuestionAnswering.from_pretrained(model.folder, dtype=torch.float32).eval()
        self.sequences_read = 0
        """If this stays 0, `Reader` no longer computes its logits in `logits`."""

    def logits(
        self, pairs: Sequence[tuple[Sequence[int], NDArray[np.int32]]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Override `Reader.logits`; sequences are padded to the longest."""
        rows = [self.sequences.build(question, window).ids for question, window in pairs]
        ids = torch.zeros((len(rows), max(map(len, rows))), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.from_numpy(row)
            mask[number, : len(row)] = 1
        with torch.inference_mode():
            output = self._plain(input_ids=ids, attention_mask=mask)
        self.sequences_read += len(rows)
        return output.start_logits.numpy(), output.end_logits.numpy()


def measure(file: Path, sample: int | None) -> Report:
    """Compare docqa with plain float32."""
    pairs = list(datasets.load([str(file)], Monitor(), merge=False).pairs)
    if sample:
        pairs = random.Random(0).sample(pairs, min(sample, len(pairs)))
    model = registry.find(registry.BUNDLED, ModelKind.READER)
    plain = PlainReader(model)
    theirs, ours = evaluate_contexts(plain, pairs), evaluate_contexts(Reader(model, "cpu"), pairs)
    assert plain.sequences_read, "docqa no longer calls Reader.logits"
    same = sum(a.text == b.text for a, b in zip(ours, theirs, strict=True)) / len(pairs)
    scores: dict[str, Scores] = {
        "docqa": metrics.scores(ours, pairs),
        "plain float32": metrics.scores(theirs, pairs),
    }
    difference = abs(scores["docqa"].f1 - scores["plain float32"].f1)
    claim = Claim(f"F1 difference, {len(pairs):,} SQuAD questions", "plain float32", "<=", 0.3, difference, unit="")
    figures = {f"EM and F1, {name}": (round(score.exact, 2), round(score.f1, 2)) for name, score in scores.items()}
    return Report("fidelity", [claim], figures | {"share of identical answers": round(same, 4)})


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "fidelity")
    parser.add_argument("file", type=Path, metavar="SQUAD_V1")
    parser.add_argument("--sample", type=int, help="ask a random sample of this many questions")
    args = parser.parse_args()
    finish(measure(args.file, args.sample), args.json)


if __name__ == "__main__":
    main()
