"""How long a person waits for the app: its first frame, its documents, the first answer, and the next one.

    python -m benchmarks.app [--rounds 5]

Runs `docqa open` on the sample report in a terminal of its own (a pseudo-terminal), presses its keys and reads what it
paints; nothing is kept from an earlier round, so the document is parsed and indexed each time. In turns with it, what
there is to compare with: Python doing nothing, importing what the reader stands on, and answering the same question as
transformers' documentation shows it (pypdf's text, every window, float32). The first round does not count. Prints
medians, in times of Python doing nothing, and whether the first frame takes less than an import of torch and
transformers alone, in a process of its own.
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

from benchmarks.measuring import Report, Times, finish, parser, ratio
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
        said = model(**batch)
    for row, ids in enumerate(batch["input_ids"]):
        start, end = int(said.start_logits[row].argmax()), int(said.end_logits[row].argmax())
        score = float(said.start_logits[row, start] + said.end_logits[row, end])
        if start <= end < start + 30:
            best = max(best, (score, tokenizer.decode(ids[start:end + 1])))
print(best[1])
"""


class _Terminal:
    """`docqa open` in a pseudo-terminal: what it paints, as text, and keys to press."""

    def __init__(self, home: str) -> None:
        self._process, self._screen = pty.fork()
        if self._process == 0:
            environment = os.environ | {"DOCQA_HOME": home, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "36"}
            os.execve(sys.executable, [sys.executable, "-m", "docqa", "open", _REPORT], environment)  # noqa: S606
        self._painted = b""

    def wait_for(self, text: str) -> None:
        """Read until a text was painted since the last key."""
        limit = time.monotonic() + _DEADLINE
        while text not in _CONTROL.sub("", self._painted.decode("utf-8", "replace")):
            ready, _, _ = select.select([self._screen], [], [], max(0, limit - time.monotonic()))
            if not ready:
                raise SystemExit(f"{text!r} was never painted")
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
    """Run all of them in turns."""
    folder = registry.find(registry.BUNDLED, ModelKind.READER).folder
    with tempfile.TemporaryDirectory() as scratch:
        script = Path(scratch) / "plain.py"
        script.write_text(_PLAIN, encoding="utf-8")
        sides = [
            _python(_NOTHING, "-c", "pass"),
            _python("import textual.app", "-c", "import textual.app"),
            _python(_IMPORTS, "-c", f"import torch\nfrom transformers import {_AUTO}"),
            _python("the plain script's answer", str(script), str(folder)),
            _app,
        ]
        seen: Times = {}
        for number in range(rounds + 1):
            for side in sides:
                for name, seconds in side().items():
                    seen.setdefault(name, []).extend([seconds] if number else [])
            print(f"round {number or 'to warm up'}", file=sys.stderr)
    report = Report("app")
    report.claim("the app's first frame", _IMPORTS, ("<=", 1), times=seen, over=(_FRAME, _IMPORTS))
    report.figures = {f"{name}, over {_NOTHING}": f"{ratio(seen, name, _NOTHING)[0]:.1f}×" for name in seen}
    return report


def main() -> None:
    """Print and write how long each takes."""
    arguments = parser(__doc__, "app")
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    finish(measure(given.rounds), given.json)


if __name__ == "__main__":
    main()
