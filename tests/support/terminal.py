"""A real terminal (tmux), in which a test types and looks."""

import os
import shutil
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
HAS_TMUX = shutil.which("tmux") is not None
DEADLINE = 120.0  # Seconds to wait for a condition: importing torch is slow on a busy machine.


class Terminal:
    """A shell in a terminal of 100 columns and 30 rows, on a separate tmux server."""

    def __init__(self, folder: Path) -> None:
        self._socket = f"docqa-{os.getpid()}-{time.monotonic_ns()}"
        # Ignore the user's tmux configuration.
        (folder / "tmux.conf").write_text("set -g set-clipboard on\nset -g status off\nset -sg escape-time 0\n")
        self._tmux("-f", f"{folder}/tmux.conf", "new-session", "-d", "-x", "100", "-y", "30", "-c", str(ROOT), "sh")
        self.type("PS1='rea''dy> '; clear")  # So that the prompt is seen once the shell has drawn it, not as typed.
        self.press("Enter")

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(["tmux", "-L", self._socket, *arguments], capture_output=True, text=True, check=False)
        return done.stdout

    def end(self) -> None:
        socket = self._tmux("display-message", "-p", "#{socket_path}").strip()
        self._tmux("kill-server")
        Path(socket).unlink(missing_ok=True)

    def record(self, file: Path) -> None:
        """Write what the terminal receives from now on to a file, byte by byte."""
        self._tmux("pipe-pane", "-O", f"cat >> {file}")

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

    def sees_no_more(self, text: str) -> None:
        """Wait until a text is gone from the screen."""
        limit = time.monotonic() + DEADLINE
        while text in (screen := self.screen):
            assert time.monotonic() < limit, f"{text} did not disappear:\n{screen}"
            time.sleep(0.05)

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
