"""Whether the fast paths answer as plain float32 does: EM and F1 of both on a SQuAD file, and how many are the same.

    python -m benchmarks.fidelity SQUAD_V1 [--sample N]

Both go through docqa's own evaluation, each question on its paragraph; they differ in what gives the logits: docqa's
default, and transformers' model in float32.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModelForQuestionAnswering

from benchmarks.measuring import Claim, Report, finish, parser
from docqa import datasets
from docqa.evaluation import evaluate_contexts, metrics
from docqa.evaluation.metrics import Scores
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.progress import Monitor
from docqa.reader.reader import Reader


class PlainReader(Reader):
    """The reader with transformers' float32 model and nothing else behind its logits."""

    def __init__(self, model: registry.Model) -> None:
        super().__init__(model, "cpu")
        self._plain = AutoModelForQuestionAnswering.from_pretrained(model.folder, dtype=torch.float32).eval()
        self.sequences_read = 0
        """If this stays 0, `Reader.logits` is no longer what computes the logits."""

    def logits(
        self, pairs: Sequence[tuple[Sequence[int], NDArray[np.int32]]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """As `Reader.logits`: padded to the longest."""
        rows = [self.sequences.build(question, window).ids for question, window in pairs]
        ids = torch.zeros((len(rows), max(map(len, rows))), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.from_numpy(row)
            mask[number, : len(row)] = 1
        with torch.inference_mode():
            said = self._plain(input_ids=ids, attention_mask=mask)
        self.sequences_read += len(rows)
        return said.start_logits.numpy(), said.end_logits.numpy()


def measure(file: Path, sample: int | None) -> Report:
    """Compare the two."""
    asked = list(datasets.load([str(file)], Monitor(), merge=False).pairs)
    if sample:
        asked = random.Random(0).sample(asked, min(sample, len(asked)))
    model = registry.find(registry.BUNDLED, ModelKind.READER)
    plain = PlainReader(model)
    theirs, ours = evaluate_contexts(plain, asked), evaluate_contexts(Reader(model, "cpu"), asked)
    assert plain.sequences_read, "docqa no longer asks Reader.logits"
    same = sum(a.text == b.text for a, b in zip(ours, theirs, strict=True)) / len(asked)
    both: dict[str, Scores] = {
        "docqa": metrics.scores(ours, asked),
        "plain float32": metrics.scores(theirs, asked),
    }
    apart = abs(both["docqa"].f1 - both["plain float32"].f1)
    claim = Claim(f"F1 apart, {len(asked):,} SQuAD questions", "plain float32", "<=", 0.3, apart, unit="")
    figures = {f"EM and F1, {name}": (round(one.exact, 2), round(one.f1, 2)) for name, one in both.items()}
    return Report("fidelity", [claim], figures | {"share of identical answers": round(same, 4)})


def main() -> None:
    """Print and write what was found."""
    arguments = parser(__doc__, "fidelity")
    arguments.add_argument("file", type=Path, metavar="SQUAD_V1")
    arguments.add_argument("--sample", type=int, help="questions drawn, where not all are asked")
    given = arguments.parse_args()
    finish(measure(given.file, given.sample), given.json)


if __name__ == "__main__":
    main()
