"""The most memory that is resident while a PDF is opened for the first time and asked: docqa, and transformers' way.

    python -m benchmarks.memory [--pages 300] [--rounds 1]

A process of its own each, from its start to its answer. The plain side gets the text, and opens no PDF.
"""

import statistics
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import planted
from benchmarks.measuring import Claim, Report, Side, finish, parser, python
from benchmarks.questions import reader, text_of


def measure(pages: int, rounds: int) -> Report:
    """Compare the two on a planted document."""
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
                with Side(command, Path(folder) / f"home-{number}") as side:
                    peaks[name].append(side.do(document.facts[number].question).peak)
    each = [a / b for a, b in zip(peaks["docqa"], peaks["plain"], strict=True)]
    share = statistics.median(peaks["docqa"]) / statistics.median(peaks["plain"])
    claim = Claim(f"peak memory, {pages} pages", "transformers, plain", "<=", 1, share, (min(each), max(each)))
    return Report("memory", [claim], {"peak MiB": peaks})


def main() -> None:
    """Print and write what was found."""
    arguments = parser(__doc__, "memory")
    arguments.add_argument("--pages", type=int, default=300)
    arguments.add_argument("--rounds", type=int, default=1)
    given = arguments.parse_args()
    finish(measure(given.pages, given.rounds), given.json)


if __name__ == "__main__":
    main()
