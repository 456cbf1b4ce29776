"""A question put to an opened PDF: docqa, transformers' plain way, and Haystack, with the same reader.

    python -m benchmarks.questions [--pages 300] [--rounds 5]

Every round is one planted question, the same for all; docqa and Haystack then answer all of the planted questions.
F1 is of the best answer. The plain way takes long: it is compared on the questions of the rounds. Haystack is there
twice, in float32 and in the type that it takes by itself; docqa is compared with the faster of the two.
"""

import statistics
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import haystack_environment, planted
from benchmarks.measuring import Claim, Report, Side, finish, in_turns, parser, python, ratio
from benchmarks.prose import Fact
from docqa import documents
from docqa.documents import Source
from docqa.evaluation.metrics import exact_match, f1
from docqa.models import registry

_OURS, _PLAIN = "docqa", "plain"
_HAYSTACKS = {"haystack, float32": "float32", "haystack, as it comes": "auto"}
_FEWER = "docqa, 6 windows"  # Read instead of 8.


def text_of(file: Path) -> str:
    """What docqa reads in a PDF, without running headers and page numbers."""
    document = documents.parse(Source(str(file), file.read_bytes()))
    return document.text[: document.body_end]


def reader() -> Path:
    """The folder of the bundled reader."""
    return registry.find(registry.BUNDLED, registry.ModelKind.READER).folder


def scored(answers: list[str], facts: list[Fact]) -> tuple[float, float]:
    """EM and F1 in percent."""
    exact = sum(exact_match(text, fact.accepted) for text, fact in zip(answers, facts, strict=True))
    overlap = sum(f1(text, fact.accepted) for text, fact in zip(answers, facts, strict=True))
    return 100 * exact / len(facts), 100 * overlap / len(facts)


def measure(pages: int, rounds: int) -> Report:
    """Compare the three on a planted document."""
    document = planted.document(pages)
    # Taken evenly from the list, whose order is that of the relations.
    rounds = min(rounds, len(document.facts) - 1)
    asked = [document.facts[number * len(document.facts) // (rounds + 1)] for number in range(rounds + 1)]
    said: dict[str, list[str]] = {name: [] for name in (_PLAIN, *_HAYSTACKS, _OURS, _FEWER)}
    with TemporaryDirectory() as folder, ExitStack() as stack:
        text = Path(folder) / "text.txt"
        text.write_text(text_of(document.file), encoding="utf-8")
        theirs = (reader(), text)
        other = [str(haystack_environment.python()), "-m", "benchmarks.haystack", *map(str, theirs)]
        haystacks = {name: stack.enter_context(Side([*other, dtype])) for name, dtype in _HAYSTACKS.items()}
        sides = {
            _PLAIN: stack.enter_context(Side(python("benchmarks.plain", *theirs))),
            **haystacks,
            _OURS: stack.enter_context(Side(python("benchmarks.ours", "{}", document.file), Path(folder))),
            _FEWER: stack.enter_context(
                Side(python("benchmarks.ours", '{"top_k_windows": 6}', document.file), Path(folder))
            ),
        }

        def turn(name: str, number: int) -> float:
            unit = sides[name].do(asked[number].question)
            said[name].append(unit.said)
            return unit.seconds

        times = in_turns({name: lambda number, name=name: turn(name, number) for name in sides}, rounds)  # type: ignore[misc]
        everything = {
            name: scored([sides[name].do(fact.question).said for fact in document.facts], list(document.facts))
            for name in (_OURS, _FEWER, *_HAYSTACKS)
        }
    some = {name: scored(answers, asked) for name, answers in said.items()}
    report = Report("questions")
    what = f"a question on an opened PDF of {pages} pages"
    report.claim(what, "transformers, plain", (">=", 150), times=times, over=(_PLAIN, _OURS))
    report.claims.append(
        Claim(
            f"its F1, {len(asked)} questions", "transformers, plain", ">=", 0, some[_OURS][1] - some[_PLAIN][1], unit=""
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
            everything[_OURS][1] - everything[faster][1],
            unit="",
        )
    )
    report.figures = {
        f"{theirs} over {ours}": f"{ratio(times, theirs, ours)[0]:.3g}×"
        for theirs in _HAYSTACKS
        for ours in (_OURS, _FEWER)
    } | {
        "pages": pages,
        "EM and F1, the rounds' questions": some,
        "EM and F1, all questions": everything,
    }
    return report


def main() -> None:
    """Print and write what was found."""
    arguments = parser(__doc__, "questions")
    arguments.add_argument("--pages", type=int, default=300)
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    finish(measure(given.pages, given.rounds), given.json)


if __name__ == "__main__":
    main()
