"""Questions that a reader of real PDFs would ask: how many are answered right, and how many refused.

    python -m benchmarks.real_documents QUESTIONS FOLDER [--together] [--top-k-windows N] [--reader READER]

QUESTIONS is a JSON object {file: {"questions": [{question, answers, pages, kind}]}}: `answers` are the accepted ones,
none if the document has no answer; `pages`, counted from 1, are those on which it stands. FOLDER has the PDFs. Every
document is asked alone, or, with --together, all of them at once, at docqa's defaults. An answer is right if its F1
against an accepted one is at least 0.5 and it stands on one of the pages. Intervals are 95%, by the bootstrap over
documents.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from docqa.answers import Answer, Citation
from docqa.config import Settings
from docqa.engine import Engine
from docqa.evaluation.calibration import expected_error
from docqa.evaluation.metrics import RIGHT, f1
from docqa.evaluation.significance import interval_of_mean

_FIVE = 5


@dataclass(frozen=True)
class Asked:
    """What became of a question. `first`, `best` and `five` are false for questions without an answer."""

    document: int
    kind: str
    answerable: bool
    first: bool
    best: bool
    five: bool
    answered: bool
    probability: float


def is_right(answer: Answer, document: str, accepted: Sequence[str], pages: Sequence[int]) -> bool:
    """Whether an answer, or another place of it, is an accepted one on its page of the document."""
    places: list[Answer | Citation] = [answer, *answer.other_locations]
    on_page = any(
        place.document == document
        and place.page
        and set(range(place.page, (place.page_end or place.page) + 1)) & set(pages)
        for place in places
    )
    return on_page and f1(answer.text, accepted) >= RIGHT


def ask(questions: Path, folder: Path, settings: Settings, *, together: bool = False) -> list[Asked]:
    """Ask every document its questions, or all documents together."""
    engine = Engine(settings)
    asked = []
    documents = json.loads(questions.read_text(encoding="utf-8"))
    everything = engine.open([folder / name for name in documents]) if together else None
    for number, (name, document) in enumerate(documents.items()):
        path = str(folder / name)
        collection = everything or engine.open([path])
        for one in document["questions"]:
            result = collection.ask(one["question"])
            candidates = (*result.answers, *result.closest)[:_FIVE]
            if not result.answered:  # They are in the retriever's order.
                candidates = tuple(sorted(candidates, key=lambda one: -one.probability))
            right = [is_right(answer, path, one["answers"], one["pages"]) for answer in candidates if one["answers"]]
            best = bool(right) and right[0]
            probability = candidates[0].probability if candidates else 0.0
            answerable = bool(one["answers"])
            first = best and result.answered
            asked.append(Asked(number, one["kind"], answerable, first, best, any(right), result.answered, probability))
    return asked


def _share(values: Sequence[bool], documents: Sequence[int]) -> str:
    interval = interval_of_mean([float(value) for value in values], np.array(documents))
    between = f" ({100 * interval[0]:.0f}–{100 * interval[1]:.0f})" if interval else ""
    return f"{100 * sum(values) / max(1, len(values)):.1f}%{between} of {len(values)}"


def main() -> None:
    """Ask, and print the shares."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reader", default="", help="default: the reader in use")
    parser.add_argument("--together", action="store_true", help="ask all documents at once")
    parser.add_argument("--top-k-windows", type=int, default=Settings().top_k_windows)
    args = parser.parse_args()
    settings = Settings(reader=args.reader, top=_FIVE, top_k_windows=args.top_k_windows)
    asked = ask(args.questions, args.folder, settings, together=args.together)
    kinds = defaultdict(list)
    for one in asked:
        if one.answerable:
            kinds[one.kind].append(one)
    for kind, some in sorted(kinds.items()):
        print(f"{kind:9} first {_share([one.first for one in some], [one.document for one in some])}")
    answerable = [one for one in asked if one.answerable]
    documents = [one.document for one in answerable]
    print(f"first shown answer right: {_share([one.first for one in answerable], documents)}")
    print(f"one of five right: {_share([one.five for one in answerable], documents)}")
    without = [one for one in asked if not one.answerable]
    print(f"unanswerable, refused: {_share([not one.answered for one in without], [one.document for one in without])}")
    error = expected_error([one.probability for one in asked], [one.best for one in asked])
    print(f"expected calibration error: {100 * error:.1f} points")


if __name__ == "__main__":
    main()
