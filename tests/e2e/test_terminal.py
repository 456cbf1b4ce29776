"""The app in a real terminal (tmux, if it is installed): what the user types, and what the screen shows."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

ROOT = Path(__file__).parent.parent.parent
DOCQA = shlex.quote(str(Path(sys.executable).with_name("docqa")))
REPORT = "sample_docs/harbour-report.pdf"
QUESTION = "Who retired as Harbour Master?"
DEADLINE = 120.0  # Seconds to wait for a condition: importing torch is slow on a busy machine.


class Terminal:
    """A shell in a terminal of 100 columns and 30 rows, on a separate tmux server."""

    def __init__(self, folder: Path) -> None:
        self._socket = f"docqa-{os.getpid()}-{time.monotonic_ns()}"
        # Ignore the user's tmux configuration.
        (folder / "tmux.conf").write_text("set -g set-clipboard on\nset -g status off\nset -sg escape-time 0\n")
        self._tmux("-f", f"{folder}/tmux.conf", "new-session", "-d", "-x", "100", "-y", "30", "-c", str(ROOT), "sh")
        self.type("PS1='ready> '; clear")
        self.press("Enter")

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(["tmux", "-L", self._socket, *arguments], capture_output=True, text=True, check=False)
        return done.stdout

    def end(self) -> None:
        socket = self._tmux("display-message", "-p", "#{socket_path}").strip()
        self._tmux("kill-server")
        Path(socket).unlink(missing_ok=True)

    def type(self, text: str) -> None:
        """Type `text` literally."""
        self._tmux("send-keys", "-l", text)

    def press(self, *keys: str) -> None:
        """Press keys, given by tmux's names for them."""
        self._tmux("send-keys", *keys)

    @property
    def screen(self) -> str:
        """The screen's text."""
        return self._tmux("capture-pane", "-p")

    @property
    def scrolled_back(self) -> str:
        """The scrollback and the screen's text."""
        return self._tmux("capture-pane", "-p", "-S", "-")

    @property
    def clipboard(self) -> str:
        """The text copied last."""
        return self._tmux("show-buffer")

    @property
    def state(self) -> dict[str, str]:
        """The terminal modes that the app must restore: alternate screen, cursor, mouse tracking."""
        names = ("alternate_on", "cursor_flag", "mouse_any_flag")
        values = self._tmux("display-message", "-p", " ".join(f"#{{{name}}}" for name in names))
        return dict(zip(names, values.split(), strict=True))

    def sees(self, *texts: str) -> str:
        """Wait until all texts are on the screen; return the screen."""
        limit = time.monotonic() + DEADLINE
        while not all(text in (screen := self.screen) for text in texts):
            assert time.monotonic() < limit, f"{texts} did not appear:\n{screen}"
            time.sleep(0.05)  # Polling interval.
        return screen

    def copied(self, text: str) -> None:
        """Wait until the copied text starts with `text`."""
        limit = time.monotonic() + DEADLINE
        while not self.clipboard.startswith(text):
            assert time.monotonic() < limit, f"{text!r} was not copied, but {self.clipboard!r}"
            time.sleep(0.05)

    def is_a_shell_again(self, code: int) -> None:
        """Check that the command exited with `code` and that the shell works as before."""
        self.sees(f"it ended with {code}")
        self.type("echo $((40 + 2)) as ever")
        self.sees("ready> echo $((40 + 2)) as ever")  # Typed text is echoed.
        self.press("Enter")
        self.sees("\n42 as ever")
        assert self.state == {"alternate_on": "0", "cursor_flag": "1", "mouse_any_flag": "0"}


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path)
    try:
        yield opened
    finally:
        opened.end()


def run(terminal: Terminal, command: str) -> None:
    terminal.sees("ready>")
    terminal.type(f"echo before; {DOCQA} {command}; echo it ended with $?")
    terminal.press("Enter")


def test_a_person_opens_a_report_asks_copies_and_quits(terminal: Terminal) -> None:
    run(terminal, f"open {REPORT}")
    terminal.sees("Ask your documents a question", "Ask", "Quit")
    terminal.type(QUESTION)
    terminal.sees(f"❯ {QUESTION}")
    terminal.press("Enter")
    # The page, beside or below the answers, shows the answer's line.
    terminal.sees("▸ 1  Captain Duncan Presswell", "very likely", "page 4 (1)", "15▌", "windows read")
    terminal.sees("12 of 50 windows read")  # While windows are read, the selected answer may change its rank.
    terminal.press("y")
    terminal.copied(f"Captain Duncan Presswell ({REPORT}, page 4 (1), line 15")
    terminal.press("n")
    second = terminal.sees("▸ 2  ")
    assert "▸ 1" not in second
    terminal.press("p")
    terminal.sees("▸ 1  Captain Duncan Presswell")
    terminal.press("?")
    terminal.sees("─ Keys ─", "Copy the answer with its citation", "Esc close")
    terminal.press("Escape")
    terminal.sees("▸ 1  Captain Duncan Presswell")
    terminal.press("C-q")
    terminal.is_a_shell_again(0)
    assert terminal.screen.splitlines()[0].startswith("ready> echo before"), "the earlier output was not restored"
    assert "Duncan" not in terminal.screen


def test_questions_asked_under_the_prompt_stay_there(terminal: Terminal) -> None:
    run(terminal, f"ask --inline {REPORT} --top 2")
    screen = terminal.sees("❯ Ask your documents a question")
    assert screen.splitlines()[0].startswith("ready> echo before"), "the app uses more rows than it needs"
    terminal.type(QUESTION)
    terminal.sees(f"❯ {QUESTION}")
    terminal.press("Enter")
    screen = terminal.sees("▸ 1  Captain Duncan Presswell", "page 4 (1), line 15", "✓ 2 answers", "y Copy")
    assert terminal.state["alternate_on"] == "0"
    assert len(screen.rstrip().splitlines()) <= 19  # 16 rows, and the lines above the app.
    terminal.press("y")
    terminal.copied(f"Captain Duncan Presswell ({REPORT}, page 4 (1), line 15")
    terminal.press("Down")
    terminal.sees("▸ 2  ")
    terminal.press("i")
    terminal.type("Who compiled the report?")
    terminal.sees("❯ Who compiled the report?")
    terminal.press("Enter")
    terminal.sees("▸ 1  ", "Linnell", "✓ 1 answer")
    terminal.press("q")
    terminal.is_a_shell_again(0)
    left = terminal.scrolled_back
    for text in (f"? {QUESTION}", "1. Captain Duncan Presswell", "? Who compiled the report?", "Linnell"):
        assert text in left
    assert "❯" not in left


def test_an_interrupt_under_the_prompt_is_told_by_the_exit_code(terminal: Terminal) -> None:
    run(terminal, f"ask --inline {REPORT} --retriever lexical")
    terminal.sees("Type a question and press Enter.")
    terminal.press("C-c")
    terminal.sees("docqa: interrupted")
    terminal.is_a_shell_again(130)
