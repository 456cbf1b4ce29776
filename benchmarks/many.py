"""Many questions at once against one at a time: the command line, and an opened collection.

    python -m benchmarks.many [--pages 300] [--rounds 3] [--questions 16]

On the command line both find the index there: what `--questions` spares is the start. In process it is
`Collection.ask_all` against `ask`, a figure and no claim: on a CPU both keep every core busy with the same windows.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import planted
from benchmarks.measuring import Report, Side, finish, in_turns, parser, python, ratio, timed

_FILE, _RUNS, _ALL, _EACH = "--questions", "a run each", "ask_all", "ask each"


def measure(pages: int, rounds: int, count: int) -> Report:
    """Compare on a planted document."""
    document = planted.document(pages)
    questions = [fact.question for fact in document.facts[:count]]
    with TemporaryDirectory() as folder:
        asked, home = Path(folder) / "questions.txt", Path(folder)
        asked.write_text("\n".join(questions), encoding="utf-8")
        options = ["--device", "cpu", "--jsonl", "--quiet"]
        at_once = [*python("docqa", "ask", "--questions", asked, document.file), *options]
        # 1 is "no answer in these documents".
        times = in_turns(
            {
                _RUNS: lambda number: (
                    count
                    * timed([*python("docqa", "ask", questions[number % count], document.file), *options], home, (0, 1))
                ),
                _FILE: lambda _: timed(at_once, home, (0, 1)),
            },
            rounds,
        )
        with Side(python("benchmarks.ours", "{}", document.file), home) as side:
            within = in_turns(
                {
                    _EACH: lambda _: sum(side.do(question).seconds for question in questions),
                    _ALL: lambda _: side.do(questions).seconds,
                },
                rounds,
            )
    report = Report("many", seconds=within, figures={"pages": pages, "questions": count})
    what = f"each of {count} questions, --questions"
    report.claim(what, "a run of `docqa ask` each", (">=", 2), times=times, over=(_RUNS, _FILE))
    report.figures["ask each over ask_all, opened"] = f"{ratio(within, _EACH, _ALL)[0]:.3g}×"
    return report


def main() -> None:
    """Print and write what was found."""
    arguments = parser(__doc__, "many")
    arguments.add_argument("--pages", type=int, default=300)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--questions", type=int, default=16)
    given = arguments.parse_args()
    finish(measure(given.pages, given.rounds, given.questions), given.json)


if __name__ == "__main__":
    main()
