"""Privacy, where the kernel denies every socket: docqa works, tries to reach nothing, and leaves only what it says.

The commands run in a network namespace without interfaces, and under strace if it is installed. Without namespaces
these tests are skipped.
"""

import json
import os
import pty
import re
import select
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas
from support.netless import without_network
from support.samples import SAMPLES

DOCQA = Path(sys.executable).with_name("docqa")
QUESTION = "When was the lamp lit?"
TEXT = "The lamp at Skagen was lit in 1858.\n"
DEADLINE = 120.0
_CALLS = "connect,sendto,sendmsg,sendmmsg"
_ELSEWHERE = re.compile(r"sa_family=AF_INET6?,(?!.*(inet_addr\(\"127\.|\"::1\"))")


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with an empty home, a folder for temporary files, a document, and no variables of docqa's."""
    for name in [name for name in os.environ if name.startswith(("DOCQA_", "XDG_", "HF_", "MPL"))]:
        monkeypatch.delenv(name)
    for name, folder in (("HOME", "home"), ("TMPDIR", "tmp")):
        (tmp_path / folder).mkdir()
        monkeypatch.setenv(name, str(tmp_path / folder))
    (tmp_path / "lamp.txt").write_text(TEXT, encoding="utf-8")
    monkeypatch.setenv("DOCQA_PRECISION", "float32")
    monkeypatch.setenv("TERM", "xterm-256color")
    return tmp_path


def kept(user: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and folder under the home and in the temporary folder, with its permissions and content."""
    found = {}
    for root in (user / "home", user / "tmp"):
        for path in sorted(root.rglob("*")):
            content = path.read_bytes() if path.is_file() else b""
            found[str(path.relative_to(user))] = (stat.S_IMODE(path.lstat().st_mode), content)
    return found


def traced(user: Path, *command: object) -> list[str]:
    """The command line with what records the sockets that it uses, if that is installed."""
    if not shutil.which("strace"):
        return list(map(str, command))
    options = ("-f", "-qq", "--seccomp-bpf", "-e", f"trace={_CALLS}", "-o", user / "calls")
    return list(map(str, ("strace", *options, *command)))


def reached(user: Path) -> list[str]:
    """The calls that tried to reach another machine, of the last traced command."""
    log = user / "calls"
    calls = log.read_text(errors="replace").splitlines() if shutil.which("strace") else []
    return [line for line in calls if _ELSEWHERE.search(line)]


def offline(user: Path, *command: object, code: int = 0, loopback: bool = False) -> str:
    """Run a command without a network; return what it printed. Fails if it tried to reach anything."""
    done = subprocess.run(
        without_network(*traced(user, *command), loopback=loopback),
        capture_output=True,
        text=True,
        check=False,
        cwd=user,
        timeout=300,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert reached(user) == []
    return done.stdout


def docqa(user: Path, *arguments: object, code: int = 0) -> str:
    return offline(user, DOCQA, *arguments, code=code)


class App:
    """The app in a pseudo-terminal, without a network."""

    def __init__(self, user: Path, *command: object) -> None:
        command_line = without_network(*command)
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(user)
            os.execvp(command_line[0], command_line)  # noqa: S606
        self.painted = b""

    def press(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def sees(self, text: str) -> None:
        """Read what the app paints until a text has come."""
        limit = time.monotonic() + DEADLINE
        while text.encode() not in self.painted:
            assert time.monotonic() < limit, f"{text!r} did not appear in {self.painted[-3000:]!r}"
            if select.select([self._terminal], [], [], 1)[0]:
                assert self._read(), f"it ended before {text!r} appeared"

    def ends(self) -> int:
        """Read until the app has ended; return its exit code."""
        while self._read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self) -> bytes:
        try:
            came = os.read(self._terminal, 1 << 16)
        except OSError:  # Linux' way to say that the other end is closed.
            came = b""
        self.painted += came
        return came


@contextmanager
def app(user: Path, *command: object) -> Iterator[App]:
    running = App(user, *command)
    try:
        yield running
    finally:
        try:
            os.kill(running.pid, signal.SIGKILL)
            os.waitpid(running.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def test_a_document_is_asked_printed_and_measured_without_a_network(user: Path) -> None:
    assert docqa(user, "ask", QUESTION, "lamp.txt", "--top", 1).startswith("1. 1858")
    assert docqa(user, "text", "lamp.txt") == TEXT
    pairs = user / "pairs.jsonl"
    pairs.write_text(json.dumps({"question": QUESTION, "context": TEXT, "answer": "1858"}) + "\n")
    assert "F1" in docqa(user, "eval", pairs)
    docqa(user, "calibrate", pairs, "--dry-run")
    script = "import docqa; print(docqa.open('lamp.txt').ask('When was the lamp lit?').answers[0].text)"
    assert offline(user, sys.executable, "-c", script).startswith("1858")
    assert "* bundled" in docqa(user, "models", "list").replace("  ", " ")
    docqa(user, "models", "use", "bundled")
    docqa(user, "models", "remove", "nothing", code=2)
    assert "complete" in docqa(user, "completion", "bash")
    assert (
        "cannot reach"
        in subprocess.run(
            without_network(DOCQA, "models", "pull", "distilbert"), capture_output=True, text=True, check=False
        ).stderr
    )
    assert "1 document" in docqa(user, "purge", "--yes")


@pytest.mark.usefixtures("few_general_questions")
def test_a_reader_is_trained_without_a_network(user: Path, tiny_reader: Path) -> None:
    lines = [
        json.dumps({"question": "When was it lit?", "context": f"Report {number}. {TEXT}", "answer": "1858"}) + "\n"
        for number in range(12)
    ]
    (user / "pairs.jsonl").write_text("".join(lines), encoding="utf-8")
    old = os.umask(0)
    try:
        docqa(user, "finetune", "pairs.jsonl", "--base", tiny_reader, "--name", "mine", "--epochs", 1, "-q")
    finally:
        os.umask(old)
    assert "mine" in docqa(user, "models", "list")
    assert others_can_enter(user) == []
    docqa(user, "models", "remove", "mine")


def others_can_enter(user: Path) -> list[str]:
    """What of docqa's the permissions let others read. Above its own directories, which they can't enter, any do."""
    own = re.compile(r"home/\.(config|cache|local/share)/docqa(/|$)")
    return [name for name, (mode, _) in kept(user).items() if own.match(name) and mode & 0o077]


def test_the_app_serves_a_browser_without_a_network(user: Path) -> None:
    script = f"""
import asyncio, aiohttp, re, subprocess
async def main():
    server = await asyncio.create_subprocess_exec(
        {str(DOCQA)!r}, "serve", "lamp.txt", "--port", "0", "--private", "--retriever", "lexical",
        stderr=subprocess.PIPE,
    )
    url = ""
    while not url:
        line = (await server.stderr.readline()).decode()
        assert line, "it ended"
        url = "".join(re.findall(r"(http://127.0.0.1:[^ ]+)", line))
    painted = b""
    base, _, query = url.partition("?")
    async with aiohttp.ClientSession() as session:
        await (await session.get(url)).text()
        address = f"{{base.rstrip('/')}}/ws?width=100&height=30" + ("&" + query if query else "")
        async with session.ws_connect(address) as page:
            async with asyncio.timeout(100):
                while not ("✓".encode() in painted and b"private" in painted):
                    message = await page.receive()
                    assert message.type is aiohttp.WSMsgType.BINARY, message
                    painted += message.data
    server.terminate()
    await server.wait()
    print("served")
asyncio.run(main())
"""
    before = kept(user)
    assert offline(user, sys.executable, "-c", script, loopback=True) == "served\n"
    assert kept(user) == before


def test_a_private_question_leaves_nothing(user: Path) -> None:
    before = kept(user)
    assert docqa(user, "ask", QUESTION, "lamp.txt", "--private", "--top", 1).startswith("1. 1858")
    os.environ["DOCQA_PRECISION"] = "auto"  # Then docqa measures which is the fastest, and keeps what it found.
    script = "import docqa; print(docqa.open('lamp.txt', private=True).ask('When was the lamp lit?').answers[0].text)"
    assert offline(user, sys.executable, "-c", script).startswith("1858")
    assert kept(user) == before
    docqa(user, "ask", QUESTION, "lamp.txt")
    assert any("index/documents" in name for name in kept(user)), "the test sees what is kept"


def test_a_private_app_says_so_and_leaves_nothing(user: Path) -> None:
    settings = user / "home" / ".config" / "docqa" / "config.toml"
    settings.parent.mkdir(parents=True, mode=0o700)
    settings.write_text("private = true\n")
    before = kept(user)
    with app(user, *traced(user, DOCQA, "open", "lamp.txt")) as running:
        running.sees("private")
        running.press(f"{QUESTION}\r")
        running.sees("Right")  # The key that marks an answer is offered once there is one.
        running.press("c")
        running.sees("Kept until you quit")
        during = kept(user)
        running.press("\x11")
        assert running.ends() == 0
    assert reached(user) == []
    assert during == before
    assert kept(user) == before


def test_what_the_app_keeps_only_its_owner_can_read_and_purge_deletes_it(user: Path) -> None:
    old = os.umask(0)
    loose = user / "home" / ".local" / "share" / "docqa"
    loose.mkdir(parents=True)  # As an earlier version left it.
    try:
        with app(user, DOCQA, "open", "lamp.txt") as running:
            running.sees("lamp.txt")
            running.press(f"{QUESTION}\r")
            running.sees("Right")  # The key that marks an answer is offered once there is one.
            running.press("c")
            running.sees("1 correction saved")
            limit = time.monotonic() + DEADLINE
            while not any("sessions/" in name for name in kept(user)):
                assert time.monotonic() < limit
                time.sleep(0.05)  # Polling interval.
            assert others_can_enter(user) == []
            docqa(user, "purge", "--yes")
            assert any("sessions/" in name for name in kept(user)), "the session of a running app is not deleted"
            os.kill(running.pid, signal.SIGKILL)
    finally:
        os.umask(old)
    assert others_can_enter(user) == []
    shown = docqa(user, "purge", "--dry-run")
    assert "1 session of the app, with answers" in shown
    assert "kept: 1 correction" in shown
    docqa(user, "purge", "--yes")
    assert [Path(name).name for name, (_, content) in kept(user).items() if TEXT.strip().encode() in content] == [
        "corrections.jsonl"
    ]
    docqa(user, "purge", "--all", "--yes")
    assert [name for name in kept(user) if re.search("docqa/.", name)] == []


def test_an_encrypted_document_leaves_no_text(user: Path) -> None:
    canvas = Canvas(str(user / "secret.pdf"), encrypt=StandardEncryption("hornbeam"), pageCompression=0)
    for _ in range(100):  # Enough pages for several processes.
        canvas.drawString(72, 720, "The treasure is under the oak.")
        canvas.showPage()
    canvas.save()
    os.environ["DOCQA_PASSWORD"] = "hornbeam"  # noqa: S105
    try:
        assert "oak" in docqa(user, "ask", "Where is the treasure?", "secret.pdf", "--top", 1)
    finally:
        del os.environ["DOCQA_PASSWORD"]
    for name, (_, content) in kept(user).items():
        assert b"treasure" not in content and b"hornbeam" not in content, name


def test_nothing_of_the_current_folder_is_obeyed(user: Path) -> None:
    """Neither settings, nor Python modules, nor a folder that is called like a model."""
    ran = user / "ran"
    code = f"open({str(ran)!r}, 'w')\n"
    for name in ("numpy", "json", "torch", "pypdfium2", "docqa_plugin", "sitecustomize", "usercustomize", "textual"):
        (user / f"{name}.py").write_text(code)
    for name in ("config.toml", "docqa.toml", ".docqa.toml", "pyproject.toml"):
        (user / name).write_text("top = 0\nreader = 'elsewhere'\n[tool.docqa]\ntop = 0\n")
    (user / ".env").write_text("DOCQA_TOP=0\n")
    (user / "matplotlibrc").write_text("backend: module://torch\n")
    (user / "distilbert").mkdir()
    (user / "distilbert" / "config.json").write_text("{}")
    (user / "distilbert" / "model.safetensors").write_text("")
    report = shutil.copy(SAMPLES / "harbour-report.pdf", user / "report.pdf")
    assert docqa(user, "ask", QUESTION, "lamp.txt").startswith("1. 1858")
    assert docqa(user, "text", report).strip()
    assert offline(user, sys.executable, "-m", "docqa", "ask", QUESTION, "lamp.txt").startswith("1. 1858")
    command = [DOCQA, "ask", QUESTION, "lamp.txt", "--reader", "distilbert"]
    done = subprocess.run(command, cwd=user, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no reader called 'distilbert'" in done.stderr
    assert "./distilbert" in done.stderr
    assert not ran.exists()


def test_a_password_on_the_command_line_is_warned_of(user: Path) -> None:
    command = [DOCQA, "text", "lamp.txt", "--password", "hornbeam"]
    done = subprocess.run(command, cwd=user, capture_output=True, text=True, check=True)
    assert done.stderr == (
        "docqa: other users can see the password in the list of processes; DOCQA_PASSWORD keeps it out of there\n"
    )
    assert subprocess.run([*command, "-q"], cwd=user, capture_output=True, text=True, check=True).stderr == ""


@pytest.mark.skipif(os.geteuid() == 0 or os.name == "nt", reason="root may change any file's permissions")
def test_a_folder_that_cannot_be_closed_is_told(user: Path) -> None:
    folder = user / "home" / ".cache"
    folder.symlink_to("/usr")
    (user / "home" / ".local" / "share").mkdir(parents=True)
    (user / "home" / ".local" / "share" / "docqa").symlink_to("/usr")
    done = subprocess.run([DOCQA, "text", "lamp.txt"], cwd=user, capture_output=True, text=True, check=True)
    assert "other users can read" in done.stderr
