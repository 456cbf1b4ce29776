"""How long from Enter to the first place shown in the app, of two versions of docqa in turns.

    python -m benchmarks.first_place --before CHECKOUT PATH... [--rounds 12]

Runs the app of both checkouts on the same documents in pseudo-terminals, asks both the same question, one after the
other, and waits until the first passages that were read are on the screen. Then this version's again, asked while it
reads on for the question before. Prints medians as ratios to the
other version's, with the least and the largest of a question.
"""

import argparse
import os
import pty
import re
import select
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from docqa.documents import expand

_DEADLINE = 600  # Seconds.
_READ = re.compile(rb"(?<!\d)(?:4|8|12) of (?:4|8|12) (?:windows|passages)|(?:4|8|12) of [\d,]+ (?:windows|passages)")
_QUESTIONS = (
    "Who is the landlord?",
    "What law governs the agreement?",
    "How long is the notice period?",
    "When does the agreement end?",
    "Who may assign the agreement?",
    "What is confidential information?",
    "What happens on a breach?",
    "Who owns the intellectual property?",
    "How are disputes settled?",
    "What is the limit of liability?",
    "Which taxes does the customer pay?",
    "When are invoices due?",
)


class _Screen:
    """The app of one checkout in a pseudo-terminal."""

    def __init__(self, checkout: Path, paths: Sequence[str], home: str) -> None:
        self._painted = b""
        self._process, self._screen = pty.fork()
        if self._process == 0:
            os.chdir(checkout)
            environment = os.environ | {
                "DOCQA_HOME": home,
                "PYTHONPATH": str(checkout),
                "TERM": "xterm-256color",
                "COLUMNS": "120",
                "LINES": "36",
            }
            os.execve(sys.executable, [sys.executable, "-m", "docqa", "open", *paths], environment)  # noqa: S606

    def pause(self, seconds: float) -> None:
        """Read what the app paints."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._screen], [], [], left)[0]:
                self._painted += os.read(self._screen, 1 << 16)

    def wait_for(self, pattern: re.Pattern[bytes]) -> None:
        limit = time.perf_counter() + _DEADLINE
        while not pattern.search(self._painted):
            if time.perf_counter() > limit:
                raise SystemExit(f"{pattern.pattern!r} did not appear on the screen")
            if select.select([self._screen], [], [], 0.05)[0]:
                self._painted += os.read(self._screen, 1 << 16)

    def press(self, keys: str) -> None:
        self._painted = b""
        os.write(self._screen, keys.encode())

    def ask(self, question: str) -> float:
        """Type a question; return the seconds from Enter to the first place."""
        for key in f"i{question}":
            self.press(key)
            self.pause(0.03)
        self.pause(0.3)
        self.press("\r")
        began = time.perf_counter()
        self.wait_for(_READ)
        return time.perf_counter() - began

    def close(self) -> None:
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._screen)


def measure(before: Path, paths: Sequence[str], rounds: int) -> None:
    """Ask both, and print the ratios."""
    now = Path(__file__).parent.parent
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        screens = {"before": _Screen(before, paths, one), "now": _Screen(now, paths, other)}
        for screen in screens.values():
            screen.wait_for(re.compile(rb"%d open" % len(paths)))
            screen.pause(1)
        times: dict[str, list[float]] = {"before": [], "now": [], "before, again": [], "now, while it reads on": []}
        for number in range(rounds + 1):
            question = _QUESTIONS[number % len(_QUESTIONS)]
            for name, screen in screens.items():
                taken = screen.ask(question)
                times[name].extend([taken] if number else [])
                screen.pause(2.5)  # It reads on after a second.
            taken = screens["now"].ask(f"{question} Tell.")
            times["now, while it reads on"].extend([taken] if number else [])
            screens["now"].pause(0.5)
            screens["now"].press("\x1b")  # The other's time must not be shared.
            screens["now"].pause(0.7)
            taken = screens["before"].ask(f"{question} Tell.")
            times["before, again"].extend([taken] if number else [])
            print(f"round {number}" if number else "warm-up", file=sys.stderr)
        for screen in screens.values():
            screen.close()
    for number, (name, seconds) in enumerate(times.items()):
        base = times["before" if number < 2 else "before, again"]  # The same questions.
        ratios = [mine / theirs for mine, theirs in zip(seconds, base, strict=True)]
        middle = statistics.median(seconds) / statistics.median(base)
        print(
            f"{name:24} {middle:.2f}x ({min(ratios):.2f} to {max(ratios):.2f}), median of ratios "
            f"{statistics.median(ratios):.2f}"
        )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--before", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=12)
    args = parser.parse_args()
    measure(args.before.resolve(), [path for path in expand(args.paths) if isinstance(path, str)], args.rounds)


if __name__ == "__main__":
    main()
