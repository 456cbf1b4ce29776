"""How long the user waits for the app: first frame, open document, first answer, next answer.

    python -m benchmarks.app [--rounds 5]

Runs `docqa open` on the sample report in a pseudo-terminal, presses keys and reads the screen. Each round starts with
an empty cache, so the document is parsed and indexed every time. Interleaved with baselines: `python -c pass`, imports
of heavy libraries, and a script that answers the same question as in transformers' documentation (pypdf's text, every
window, float32). The first round is a warm-up. Prints medians as multiples of `python -c pass`, and whether the first
frame takes less time than importing torch and transformers in a separate process.
"""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measuring import Report, Times, argument_parser, finish, ratio
from docqa.models import registry
from docqa.models.registry import ModelKind

_REPORT = "sample_docs/harbour-report.pdf"
_QUESTION, _ANSWER = "Who retired as Harbour Master?", "Presswell"
_NEXT_QUESTION, _NEXT_ANSWER = "Who succeeded Captain Presswell as Harbour Master?", "Strake"
_CONTROL = re.compile(r"\x1b(?:\[[0-9;:?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_AUTO = "AutoModelForQuestionAnswering"
_DEADLINE = 300  # Seconds.
_FRAME, _NOTHING, _IMPORTS = "first frame", "python -c pass", "import torch, transformers"

_PLAIN = f"""
import sys, torch
from pypdf import PdfReader
from transformers import {_AUTO}, AutoTokenizer
text = " ".join(page.extract_text() for page in PdfReader({_REPORT!r}).pages)
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
model = {_AUTO}.from_pretrained(sys.argv[1], dtype=torch.float32)
windows = tokenizer([{_QUESTION!r}], [text], truncation="only_second", max_length=384, stride=128,
                    return_overflowing_tokens=True, padding="max_length", return_tensors="pt")
best = (-1e9, "")
for first in range(0, len(windows["input_ids"]), 8):
    batch = {{name: windows[name][first:first + 8] for name in ("input_ids", "attention_mask")}}
    with torch.inference_mode():
        output = model(**batch)
    for row, ids in enumerate(batch["input_ids"]):
        start, end = int(output.start_logits[row].argmax()), int(output.end_logits[row].argmax())
        score = float(output.start_logits[row, start] + output.end_logits[row, end])
        if start <= end < start + 30:
            best = max(best, (score, tokenizer.decode(ids[start:end + 1])))
print(best[1])
"""


class _Terminal:
    """`docqa open` in a pseudo-terminal."""

    def __init__(self, home: str) -> None:
        self._process, self._screen = pty.fork()
        if self._process == 0:
            environment = os.environ | {"DOCQA_HOME": home, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "36"}
            os.execve(sys.executable, [sys.executable, "-m", "docqa", "open", _REPORT], environment)  # noqa: S606
        self._painted = b""

    def wait_for(self, text: str) -> None:
        """Read until `text` has appeared since the last key press."""
        limit = time.monotonic() + _DEADLINE
        while text not in _CONTROL.sub("", self._painted.decode("utf-8", "replace")):
            ready, _, _ = select.select([self._screen], [], [], max(0, limit - time.monotonic()))
            if not ready:
                raise SystemExit(f"{text!r} did not appear on the screen")
            self._painted += os.read(self._screen, 1 << 16)

    def press(self, keys: str) -> None:
        self._painted = b""
        os.write(self._screen, keys.encode())

    def close(self) -> None:
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._screen)


def _app() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as home:
        clock = _Clock()
        terminal = _Terminal(home)
        terminal.wait_for("Opening the documents")
        clock.take(_FRAME)
        terminal.wait_for("1 open")
        clock.take("document open")
        terminal.press(_QUESTION + "\r")
        clock.restart()
        terminal.wait_for(_ANSWER)
        clock.take("first answer, from Enter")
        terminal.press("i" + _NEXT_QUESTION + "\r")
        clock.restart()
        terminal.wait_for(_NEXT_ANSWER)
        clock.take("next answer, from Enter")
        terminal.close()
    return clock.taken


class _Clock:
    def __init__(self) -> None:
        self.taken: dict[str, float] = {}
        self.restart()

    def restart(self) -> None:
        self._began = time.perf_counter()

    def take(self, name: str) -> None:
        self.taken[name] = time.perf_counter() - self._began


def _python(name: str, *arguments: str) -> Callable[[], dict[str, float]]:
    def run() -> dict[str, float]:
        clock = _Clock()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        clock.take(name)
        return clock.taken

    return run


def measure(rounds: int) -> Report:
    """Run the app and the baselines, interleaved."""
    folder = registry.find(registry.BUNDLED, ModelKind.READER).folder
    with tempfile.TemporaryDirectory() as scratch:
        script = Path(scratch) / "plain.py"
        script.write_text(_PLAIN, encoding="utf-8")
        variants = [
            _python(_NOTHING, "-c", "pass"),
            _python("import textual.app", "-c", "import textual.app"),
            _python(_IMPORTS, "-c", f"import torch\nfrom transformers import {_AUTO}"),
            _python("the plain script's answer", str(script), str(folder)),
            _app,
        ]
        times: Times = {}
        for number in range(rounds + 1):
            for variant in variants:
                for name, seconds in variant().items():
                    times.setdefault(name, []).extend([seconds] if number else [])
            print(f"round {number}" if number else "warm-up", file=sys.stderr)
    report = Report("app")
    report.claim("the app's first frame", _IMPORTS, ("<=", 1), times=times, over=(_FRAME, _IMPORTS))
    report.figures = {f"{name}, over {_NOTHING}": f"{ratio(times, name, _NOTHING)[0]:.1f}×" for name in times}
    return report


def main() -> None:
    """Run the benchmark, and print and save the results."""
    parser = argument_parser(__doc__, "app")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    finish(measure(args.rounds), args.json)


if __name__ == "__main__":
    main()
