"""Whether answers are the same as before, and in every library, number of threads and number format.

    python -m benchmarks.drift [--update] [--all] [--questions QUESTIONS FOLDER]

Asks the sample questions and compares the first answers, shown or held back, with tests/golden_answers.json; exits
with 1 if one differs. --update writes that file. --all asks again with every variant of `VARIANTS`, which docqa chooses
among by processor and settings (docs/trust.md), and prints the share of first answers that are the same as in float32.
With --questions that is done with other questions (see `benchmarks.citations`), of which there is no golden file.
"""

import json
import math
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.citations import questions_by_file
from benchmarks.measuring import ROOT, Claim, Report, argument_parser, finish, python
from docqa.answers import Result
from docqa.array_store import ArrayStore
from docqa.config import Settings
from docqa.engine import Engine
from docqa.extensions import BACKENDS, BackendKind
from docqa.reader import openvino_distilbert
from docqa.reader.backend import Backend, LoadRequest

FILE = ROOT / "tests" / "golden_answers.json"
SAMPLES = (ROOT / "sample_docs" / "questions.json", ROOT / "sample_docs")
TOLERANCE = 0.002
"""By how much a probability in float32 may differ: sums are rounded differently by every library and processor."""


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """The answer that docqa shows first, or holds back first if it abstains. `text` is "" if there is none at all."""

    question: str
    document: str
    text: str
    page: int | None
    line: int
    probability: float
    answered: bool

    @property
    def place(self) -> tuple[str, int | None, int]:
        """The span: what it says and where."""
        return self.text, self.page, self.line

    def same_as(self, other: "FirstAnswer", tolerance: float = math.inf) -> bool:
        """Whether the same is answered, of the same place, about as surely."""
        same = (self.place, self.answered) == (other.place, other.answered)
        return same and abs(self.probability - other.probability) <= tolerance


@dataclass(frozen=True, slots=True)
class Variant:
    """How a reader is computed: by a backend, in a number format, on some processors."""

    load: Callable[[LoadRequest], Backend]
    cpus: int = 1
    least: float = 1.0
    """The share of first answers that have to be those of float32."""


def _openvino(request: LoadRequest) -> Backend:
    from docqa.reader.openvino_backend import OpenVinoBackend

    return OpenVinoBackend(request.folder, exact=True)


def _torch(request: LoadRequest) -> Backend:
    from docqa.reader import torch_backend

    return torch_backend.load(replace(request, exact=True))


def _bfloat16(request: LoadRequest) -> Backend:
    from docqa.reader.openvino_backend import OpenVinoBackend

    return OpenVinoBackend(request.folder)


def _int8(request: LoadRequest) -> Backend:
    from docqa.reader.openvino_backend import OpenVinoBackend, measure_ranges

    return OpenVinoBackend(request.folder, ranges=measure_ranges(request.folder, request.sample())[0])


VARIANTS = {
    "openvino, float32": Variant(_openvino),
    "openvino, float32, 2 threads": Variant(_openvino, cpus=2),
    "torch, float32": Variant(_torch),
    "torch, float32, 2 threads": Variant(_torch, cpus=2),
    "openvino, bfloat16": Variant(_bfloat16, least=0.98),
    "openvino, int8": Variant(_int8, least=0.95),
}


def first_answers(engine: Engine, asked: Mapping[Path, Sequence[str]]) -> list[FirstAnswer]:
    """Ask each document its questions."""
    found = []
    for file, questions in asked.items():
        collection = engine.open([file])
        found += [first_answer(file.name, collection.ask(question)) for question in questions]
    return found


def first_answer(document: str, result: Result) -> FirstAnswer:
    """The first answer of a result, or the most probable candidate if there is none."""
    first = result.answers[0] if result.answers else result.most_probable
    if first is None:
        return FirstAnswer(result.question, document, "", None, 0, 0.0, answered=False)
    place = first.text, first.page, first.line_start, round(first.probability, 4)
    return FirstAnswer(result.question, document, *place, result.answered)


def first_answers_of(name: str, asked: Mapping[Path, Sequence[str]]) -> list[FirstAnswer]:
    """Ask in a process of its own, by a variant."""
    request = json.dumps({str(file): list(questions) for file, questions in asked.items()})
    environment = os.environ | {"OMP_NUM_THREADS": str(VARIANTS[name].cpus)}
    done = subprocess.run(
        python("benchmarks.drift", name),
        input=request,
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [FirstAnswer(**one) for one in json.loads(done.stdout)]


def _serve(name: str) -> None:
    """Answer the questions on stdin by a variant: the backend that is registered last is the one that is used."""
    variant = VARIANTS[name]
    if hasattr(os, "sched_setaffinity"):  # OpenVINO has as many threads as there are processors.
        available = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, random.sample(available, min(variant.cpus, len(available))))
    BACKENDS.register(BackendKind(name, openvino_distilbert.can_load, variant.load))
    engine = Engine(Settings(device="cpu", precision="float32"), ArrayStore(None))
    asked = {Path(file): questions for file, questions in json.load(sys.stdin).items()}
    json.dump([asdict(one) for one in first_answers(engine, asked)], sys.stdout)


def golden() -> list[FirstAnswer]:
    """The answers as they are kept."""
    return [FirstAnswer(**one) for one in json.loads(FILE.read_text(encoding="utf-8"))]


def differences(before: Iterable[FirstAnswer], now: Iterable[FirstAnswer], tolerance: float = TOLERANCE) -> list[str]:
    """What differs, a paragraph for each question."""
    old, new = ({(one.document, one.question): one for one in some} for some in (before, now))
    pairs = {key: (old.get(key), new.get(key)) for key in old | new}
    return [
        f"{document}: {question}\n  - {_line(one)}\n  + {_line(other)}"
        for (document, question), (one, other) in pairs.items()
        if one is None or other is None or not one.same_as(other, tolerance)
    ]


def _line(one: FirstAnswer | None) -> str:
    if one is None:
        return "not asked"
    page = f"page {one.page}, " if one.page else ""
    return f"{one.text!r}, {page}line {one.line}, {one.probability:.1%}{'' if one.answered else ', held back'}"


def share_of_same(exact: Sequence[FirstAnswer], others: Sequence[FirstAnswer]) -> float:
    """The share of questions whose first answer is the same span."""
    return sum(a.place == b.place for a, b in zip(exact, others, strict=True)) / len(exact)


def measure(asked: Mapping[Path, Sequence[str]]) -> Report:
    """Compare every variant with the first one."""
    report = Report("drift")
    exact: list[FirstAnswer] = []
    for name, variant in VARIANTS.items():
        found = first_answers_of(name, asked)
        exact = exact or found
        claim = f"{name}: the same first answers, of {len(exact)}"
        report.claims.append(Claim(claim, "float32", ">=", variant.least, share_of_same(exact, found), unit=""))
        pairs = list(zip(exact, found, strict=True))
        report.figures[name] = {
            "answered or not differs": sum(a.answered != b.answered for a, b in pairs),
            "probability differs by at most": max(
                abs(a.probability - b.probability) for a, b in pairs if a.place == b.place
            ),
            "differences": differences(exact, found, math.inf),
        }
    return report


def main() -> None:
    """Compare, and print what differs."""
    parser = argument_parser(__doc__, "drift")
    parser.add_argument("--update", action="store_true", help="keep the answers of today")
    parser.add_argument("--all", action="store_true", help="compare the backends and number formats")
    parser.add_argument("--questions", type=Path, nargs=2, metavar=("QUESTIONS", "FOLDER"))
    args = parser.parse_args()
    if args.questions or args.all:
        finish(measure(questions_by_file(*(args.questions or SAMPLES))), args.json)
        return
    found = first_answers_of("openvino, float32", questions_by_file(*SAMPLES))
    changed = differences(golden() if FILE.exists() else [], found, TOLERANCE)
    print("\n".join(changed) or "nothing differs")
    if args.update:
        lines: list[dict[str, Any]] = [asdict(one) for one in found]
        FILE.write_text(
            "[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in lines) + "\n]\n", encoding="utf-8"
        )
    elif changed:
        raise SystemExit(1)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in VARIANTS:
        _serve(sys.argv[1])
    else:
        main()
