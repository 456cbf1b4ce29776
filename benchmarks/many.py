"""Many questions at once against one at a time, on the command line and in process.

    python -m benchmarks.many [--pages 300] [--rounds 3] [--questions 16]

On the command line both load the index from the cache, so `--questions` only saves the startup time. In process,
`Collection.ask_all` is compared with `ask`. No claim is made there: on a CPU both keep all cores busy with the same
windows.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import planted
from benchmarks.measuring import Report, Worker, argument_parser, finish, interleaved, python, ratio, timed

_FILE, _RUNS, _ALL, _EACH = "--questions", "one run per question", "ask_all", "one ask per question"


def measure(pages: int, rounds: int, count: int) -> Report:
    """Compare them on a planted document."""
    document = planted.document(pages)
    questions = [fact.question for fact in document.facts[:count]]
    with TemporaryDirectory() as folder:
        file, home = Path(folder) / "questions.txt", Path(folder)
        file.write_text("\n".join(questions), encoding="utf-8")
        options = ["--device", "cpu", "--jsonl", "--quiet"]
        at_once = [*python("docqa", "ask", "--questions", file, document.file), *options]
        # Exit code 1 means that the documents contain no answer.
        times = interleaved(
            {
                _RUNS: lambda number: (
                    count
                    * timed([*python("docqa", "ask", questions[number % count], document.file), *options], home, (0, 1))
                ),
                _FILE: lambda _: timed(at_once, home, (0, 1)),
            },
            rounds,
        )
        with Worker(python("benchmarks.ours", "{}", document.file), home) as worker:
            in_process = interleaved(
                {
                    _EACH: lambda _: sum(worker.run(question).seconds for question in questions),
                    _ALL: lambda _: worker.run(questions).seconds,
                },
                rounds,
            )
    report = Report("many", seconds=in_process, figures={"pages": pages, "questions": count})
    what = f"{count} questions with --questions"
    report.claim(what, "one `docqa ask` per question", (">=", 2), times=times, over=(_RUNS, _FILE))
    report.figures["one ask per question over ask_all, in process"] = f"{ratio(in_process, _EACH, _ALL)[0]:.3g}×"
    return report


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "many")
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--questions", type=int, default=16)
    args = parser.parse_args()
    finish(measure(args.pages, args.rounds, args.questions), args.json)


if __name__ == "__main__":
    main()
