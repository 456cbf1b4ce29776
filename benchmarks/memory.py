"""Peak resident memory of a first opening and one question: docqa against plain transformers.

    python -m benchmarks.memory [--pages 300] [--rounds 1]

Each is measured in its own process, from start to answer. Plain transformers is given the text and opens no PDF.
"""

import statistics
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import planted
from benchmarks.measuring import Claim, Report, Worker, argument_parser, finish, python
from benchmarks.questions import reader, text_of


def measure(pages: int, rounds: int) -> Report:
    """Compare them on a planted document."""
    document = planted.document(pages)
    peaks: dict[str, list[float]] = {"docqa": [], "plain": []}
    with TemporaryDirectory() as folder:
        text = Path(folder) / "text.txt"
        text.write_text(text_of(document.file), encoding="utf-8")
        commands = {
            "plain": python("benchmarks.plain", reader(), text),
            "docqa": python("benchmarks.ours", "{}", document.file),
        }
        for number in range(rounds):
            for name, command in commands.items():
                with Worker(command, Path(folder) / f"home-{number}") as worker:
                    peaks[name].append(worker.run(document.facts[number].question).peak)
    each = [a / b for a, b in zip(peaks["docqa"], peaks["plain"], strict=True)]
    measured = statistics.median(peaks["docqa"]) / statistics.median(peaks["plain"])
    claim = Claim(f"peak memory, {pages} pages", "transformers, plain", "<=", 1, measured, (min(each), max(each)))
    return Report("memory", [claim], {"peak MiB": peaks})


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "memory")
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=1)
    args = parser.parse_args()
    finish(measure(args.pages, args.rounds), args.json)


if __name__ == "__main__":
    main()
