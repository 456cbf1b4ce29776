"""Worker for plain transformers, as in its documentation: `AutoModelForQuestionAnswering`, float32.

    python -m benchmarks.plain READER_FOLDER TEXT_FILE

For every question it tokenizes the document and reads every window, in batches of 8 padded to 384 tokens. The answer is
chosen as in the question-answering chapter of the Hugging Face course: among the 20 best starts and ends of each
window, the span with the highest sum of logits. The input is docqa's text of the PDF, not pypdf's.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from benchmarks.worker import Work, serve

_N_BEST, _MAX_ANSWER = 20, 30  # The course's values.
_BATCH = 8


def load() -> Work:
    """Load the model."""
    tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
    model = AutoModelForQuestionAnswering.from_pretrained(sys.argv[1], dtype=torch.float32).eval()
    text = Path(sys.argv[2]).read_text(encoding="utf-8")

    def ask(question: str) -> str:
        return answer(tokenizer, model, question, text)

    return ask


def answer(tokenizer: Any, model: Any, question: str, text: str) -> str:
    """Return the best span over all windows."""
    windows = tokenizer(
        question,
        text,
        truncation="only_second",
        max_length=384,
        stride=128,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        padding="max_length",
        return_tensors="pt",
    )
    starts, ends = [], []
    for first in range(0, len(windows["input_ids"]), _BATCH):
        batch = {name: windows[name][first : first + _BATCH] for name in ("input_ids", "attention_mask")}
        with torch.inference_mode():
            output = model(**batch)
        starts.append(output.start_logits.numpy())
        ends.append(output.end_logits.numpy())
    best, span = -np.inf, (0, 0)
    for row, (start, end) in enumerate(zip(np.concatenate(starts), np.concatenate(ends), strict=True)):
        context = np.array([sequence == 1 for sequence in windows.sequence_ids(row)])
        offsets = windows["offset_mapping"][row]
        for i in np.argsort(start)[-_N_BEST:]:
            for j in np.argsort(end)[-_N_BEST:]:
                fits = context[i] and context[j] and i <= j < i + _MAX_ANSWER
                if fits and start[i] + end[j] > best:
                    best, span = start[i] + end[j], (int(offsets[i][0]), int(offsets[j][1]))
    return text[slice(*span)]


if __name__ == "__main__":
    serve(load)
