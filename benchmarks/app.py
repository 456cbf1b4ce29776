"""How long a person waits for the app: its first frame, its documents, the first answer, and the next one.

    python -m benchmarks.app [ROUNDS]

Runs `docqa open` on the sample report in a terminal of its own (a pseudo-terminal), presses its keys and reads what it
paints; nothing is kept from an earlier round, so the document is parsed and indexed each time. In turns with it, what
there is to compare with: Python doing nothing, importing what the reader stands on, and answering the same question as
transformers' documentation shows it (pypdf's text, every window, float32). The first round does not count. Prints
medians, in times of Python doing nothing.
"""

import os
import pty
import re
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from docqa import models
from docqa.models import Kind

_REPORT = "sample_docs/harbour-report.pdf"
_QUESTION, _ANSWER = "Who retired as Harbour Master?", "Presswell"
_NEXT_QUESTION, _NEXT_ANSWER = "Who succeeded Captain Presswell as Harbour Master?", "Strake"
_CONTROL = re.compile(r"\x1b(?:\[[0-9;:?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_AUTO = "AutoModelForQuestionAnswering"
_DEADLINE = 300  # Seconds.

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
        clock.take("first frame")
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


def main() -> None:
    """Print how long each takes."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    reader = models.find(models.BUNDLED, Kind.READER).folder
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "plain.py"
        script.write_text(_PLAIN, encoding="utf-8")
        sides = [
            _python("python -c pass", "-c", "pass"),
            _python("import textual.app", "-c", "import textual.app"),
            _python("import torch, transformers", "-c", f"import torch\nfrom transformers import {_AUTO}"),
            _python("the plain script's answer", str(script), str(reader)),
            _app,
        ]
        seen: dict[str, list[float]] = {}
        for number in range(rounds + 1):
            for side in sides:
                for name, seconds in side().items():
                    seen.setdefault(name, []).append(seconds)
            print(f"round {number or 'to warm up'}", file=sys.stderr)
    unit = statistics.median(seen["python -c pass"][1:])
    for name, seconds in seen.items():
        print(f"{statistics.median(seconds[1:]) / unit:8.1f}×  {name}")


if __name__ == "__main__":
    main()
