"""Time and F1 of a question on an opened PDF: docqa, plain transformers and Haystack, with the same reader.

    python -m benchmarks.questions [--pages 300] [--rounds 5]

Each round asks all of them the same planted question; then docqa and Haystack answer all planted questions. F1 is that
of the best answer. Plain transformers is slow, so its F1 is compared only on the questions of the rounds. Haystack is
measured in float32 and in its default type; docqa is compared with the faster of the two.
"""

import statistics
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import environments, planted
from benchmarks.measuring import Claim, Report, Worker, argument_parser, finish, interleaved, python, ratio
from benchmarks.prose import Fact
from docqa import documents
from docqa.documents import Source
from docqa.evaluation.metrics import exact_match, f1
from docqa.models import registry

_OURS, _PLAIN = "docqa", "plain"
_HAYSTACKS = {"haystack, float32": "float32", "haystack, default": "auto"}
_FEWER = "docqa, 6 windows"  # Instead of 12.


def text_of(file: Path) -> str:
    """Return docqa's text of a PDF, without running headers and page numbers."""
    document = documents.parse(Source(str(file), file.read_bytes()))
    return document.text[: document.body_end]


def reader() -> Path:
    """Return the bundled reader's folder."""
    return registry.find(registry.BUNDLED, registry.ModelKind.READER).folder


def scored(answers: list[str], facts: list[Fact]) -> tuple[float, float]:
    """Return EM and F1 in percent."""
    exact = sum(exact_match(text, fact.accepted) for text, fact in zip(answers, facts, strict=True))
    overlap = sum(f1(text, fact.accepted) for text, fact in zip(answers, facts, strict=True))
    return 100 * exact / len(facts), 100 * overlap / len(facts)


def measure(pages: int, rounds: int) -> Report:
    """Compare them on a planted document."""
    document = planted.document(pages)
    # Evenly spaced, because the facts cycle through the relations.
    rounds = min(rounds, len(document.facts) - 1)
    asked = [document.facts[number * len(document.facts) // (rounds + 1)] for number in range(rounds + 1)]
    answers: dict[str, list[str]] = {name: [] for name in (_PLAIN, *_HAYSTACKS, _OURS, _FEWER)}
    with TemporaryDirectory() as folder, ExitStack() as stack:
        text = Path(folder) / "text.txt"
        text.write_text(text_of(document.file), encoding="utf-8")
        inputs = (reader(), text)
        haystack = [str(environments.python(environments.HAYSTACK)), "-m", "benchmarks.haystack", *map(str, inputs)]
        haystacks = {name: stack.enter_context(Worker([*haystack, dtype])) for name, dtype in _HAYSTACKS.items()}
        variants = {
            _PLAIN: stack.enter_context(Worker(python("benchmarks.plain", *inputs))),
            **haystacks,
            _OURS: stack.enter_context(Worker(python("benchmarks.ours", "{}", document.file), Path(folder))),
            _FEWER: stack.enter_context(
                Worker(python("benchmarks.ours", '{"top_k_windows": 6}', document.file), Path(folder))
            ),
        }

        def turn(name: str, number: int) -> float:
            measured = variants[name].run(asked[number].question)
            answers[name].append(measured.output)
            return measured.seconds

        times = interleaved({name: lambda number, name=name: turn(name, number) for name in variants}, rounds)  # type: ignore[misc]
        all_scores = {
            name: scored([variants[name].run(fact.question).output for fact in document.facts], list(document.facts))
            for name in (_OURS, _FEWER, *_HAYSTACKS)
        }
    round_scores = {name: scored(texts, asked) for name, texts in answers.items()}
    report = Report("questions")
    what = f"a question on an opened PDF of {pages} pages"
    report.claim(what, "transformers, plain", (">=", 150), times=times, over=(_PLAIN, _OURS))
    report.claims.append(
        Claim(
            f"its F1, {len(asked)} questions",
            "transformers, plain",
            ">=",
            0,
            round_scores[_OURS][1] - round_scores[_PLAIN][1],
            unit="",
        )
    )
    faster = min(_HAYSTACKS, key=lambda name: statistics.median(times[name]))
    report.claim(what, faster, (">=", 4), times=times, over=(faster, _OURS))
    report.claims.append(
        Claim(
            f"its F1, {len(document.facts)} questions",
            faster,
            ">=",
            0,
            all_scores[_OURS][1] - all_scores[faster][1],
            unit="",
        )
    )
    report.figures = {
        f"{theirs} over {ours}": f"{ratio(times, theirs, ours)[0]:.3g}×"
        for theirs in _HAYSTACKS
        for ours in (_OURS, _FEWER)
    } | {
        "pages": pages,
        "EM and F1, the rounds' questions": round_scores,
        "EM and F1, all questions": all_scores,
    }
    return report


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "questions")
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    finish(measure(args.pages, args.rounds), args.json)


if __name__ == "__main__":
    main()
