"""`docqa serve` in headless Chromium, if it is installed: what the user sees and types."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from support.served import REPORT, Served, served

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.alone,  # Alongside other tests, a browser takes minutes instead of seconds.
]

QUESTION = "Who retired as Harbour Master?"
DEADLINE = 60_000  # Milliseconds to wait for a condition.

# The page keeps its terminal object private; this exposes it to the test.
_LEND = """
Object.defineProperty(Object.prototype, "terminal", {
  configurable: true,
  set(value) {
    Object.defineProperty(this, "terminal", { value, writable: true, configurable: true });
    if (value && value.buffer) window.lent = value;
  },
});
window.screenText = () => {
  const shown = window.lent.buffer.active;
  const line = (_, y) => shown.getLine(shown.viewportY + y)?.translateToString(true) ?? "";
  return Array.from({ length: window.lent.rows }, line).join("\\n");
};
"""


@pytest.fixture
def app() -> Iterator[Served]:
    with served(REPORT, "--port", 0) as running:
        yield running


@pytest.fixture
def page(app: Served) -> Iterator["sync_api.Page"]:
    with opened(app) as page:
        yield page


@contextmanager
def chromium() -> Iterator["sync_api.BrowserContext"]:
    """A browser."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=root)
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        context.set_default_timeout(DEADLINE)
        context.add_init_script(_LEND)
        yield context
        browser.close()


@contextmanager
def web_page(body: str) -> Iterator[str]:
    """The address of a page of another site."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@contextmanager
def opened(app: Served, until: str = "⏎ Ask") -> Iterator["sync_api.Page"]:
    """The app's page, with the app running, in a browser with clipboard permissions."""
    with chromium() as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=app.url)
        page = context.new_page()
        page.asked_for = []
        page.on("request", lambda request: page.asked_for.append(request.url))
        page.on("websocket", lambda socket: page.asked_for.append(socket.url))
        page.goto(app.url)
        sees(page, until)  # "Ask" is in the footer while the question input has the focus.
        yield page


def sees(page: "sync_api.Page", text: str) -> None:
    """Wait until `text` is on the terminal's screen."""
    page.wait_for_function("text => window.lent && window.screenText().includes(text)", arg=text)


def sees_no_more(page: "sync_api.Page", text: str) -> None:
    """Wait until `text` is gone from the terminal's screen."""
    page.wait_for_function("text => !window.screenText().includes(text)", arg=text)


def has_copied(page: "sync_api.Page", text: str) -> None:
    """Wait until the browser's clipboard begins with `text`. (`wait_for_function` takes any promise for true.)"""
    page.evaluate(
        """async text => {
            while (!(await navigator.clipboard.readText()).startsWith(text)) await new Promise(requestAnimationFrame);
        }""",
        text,
    )


def has_the_keys(page: "sync_api.Page") -> None:
    """Wait until the terminal has the keyboard focus."""
    page.wait_for_function(
        "() => document.hasFocus() && document.activeElement.classList.contains('xterm-helper-textarea')"
    )


def ask(page: "sync_api.Page", question: str = QUESTION, answer: str = "Duncan Presswell") -> None:
    """Type a question and wait for the answer."""
    has_the_keys(page)
    page.keyboard.type(question)
    sees(page, f"❯ {question}")
    page.keyboard.press("Enter")
    sees(page, "▸ 1  ")
    sees(page, answer)
    sees(page, f"✓ {question[:8]}")  # In the list of questions, once it is finished: Esc would cancel it before.


def test_a_question_typed_in_a_browser_is_answered_there(app: Served, page: "sync_api.Page") -> None:
    ask(page)
    assert "very likely" in page.evaluate("window.screenText()")
    page.keyboard.press("]")
    sees(page, "▸ 2")
    page.keyboard.press("Control+q")
    page.get_by_text("docqa has ended here").wait_for()


def test_the_page_fetches_nothing_from_elsewhere(app: Served, page: "sync_api.Page") -> None:
    here = (app.url, app.url.replace("http:", "ws:"))
    assert any("Roboto" in url for url in page.asked_for)
    assert any(url.startswith("ws:") for url in page.asked_for)
    assert [url for url in page.asked_for if not url.startswith((*here, "data:"))] == []


def test_the_browser_s_clipboard_is_copied_to_and_pasted_from(page: "sync_api.Page") -> None:
    ask(page)
    page.keyboard.press("y")
    has_copied(page, "Duncan Presswell")
    page.keyboard.press("i")
    sees(page, "⏎ Ask")
    has_the_keys(page)
    page.keyboard.press("Shift+Insert")
    sees(page, "❯ Duncan Presswell (")


def test_panes_are_zoomed_and_the_matrix_is_filled_in_a_browser(page: "sync_api.Page") -> None:
    ask(page)
    page.keyboard.press("z")
    sees(page, "esc All panes")
    page.keyboard.press("Escape")
    sees_no_more(page, "esc All panes")
    page.keyboard.press("t")
    sees(page, "Matrix   1 question   1 document")
    sees(page, "p. 4 · ")
    page.keyboard.press("Enter")
    sees(page, "asked: harbour-report.pdf")
    page.keyboard.press("b")
    sees(page, "Matrix   1 question")
    page.keyboard.press("t")
    sees(page, f"✓ {QUESTION[:8]}")


def test_the_document_opens_in_the_browser_as_it_is_and_nothing_in_it_is_run(tmp_path: Path) -> None:
    text = "The lamp was lit by Zoë Marsh in 1902. <script>document.title = 'run'</script>"
    (tmp_path / "the lamp.md").write_text(text, encoding="utf-8")
    with served(tmp_path / "the lamp.md", "--port", 0) as app, opened(app) as page:
        ask(page, "Who lit the lamp?", "Zoë Marsh")
        with page.expect_popup() as opening:
            page.keyboard.press("o")
        opening.value.get_by_text(text).wait_for()
        assert opening.value.title() != "run"


def test_a_page_can_only_ask(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("The safe's code is 4711.\n", encoding="utf-8")
    with served(REPORT, "--port", 0, cwd=tmp_path.parent) as app, opened(app) as page:
        ask(page)
        for key in ("O", "T", "M", ",", "c", "w", "Control+r"):
            page.keyboard.press(key)
        page.keyboard.press("?")
        sees(page, "─ Keys ─")
        shown = page.evaluate("window.screenText()")
        assert "Open more documents" not in shown
        assert "Train a reader" not in shown
        page.keyboard.press("Escape")
        sees_no_more(page, "─ Keys ─")
        page.keyboard.press("i")
        sees(page, "⏎ Ask")
        has_the_keys(page)
        page.evaluate("path => navigator.clipboard.writeText(path)", str(tmp_path / "secret.txt"))
        page.keyboard.press("Shift+Insert")
        sees(page, "secret.txt")  # Typed, and not opened.
        page.keyboard.press("Escape")
        sees_no_more(page, "⏎ Ask")
        assert "4711" not in page.evaluate("window.screenText()")
        page.keyboard.press("e")
        sees(page, "Export 1 question")
        with page.expect_download() as downloading:
            page.keyboard.press("Enter")
        assert "Duncan Presswell" in Path(downloading.value.path()).read_text(encoding="utf-8")
    assert list(tmp_path.parent.glob("docqa-*")) == [], "the server wrote a file"


def test_with_full_access_a_page_can_open_another_file(tmp_path: Path) -> None:
    with served("--port", 0, "--full-access", cwd=tmp_path) as app, opened(app, until="Type part of a name") as page:
        page.keyboard.press("Escape")
        sees_no_more(page, "Type part of a name")
        page.keyboard.press("T")
        sees(page, "Train")


def test_the_token_is_asked_for_once(tmp_path: Path) -> None:
    with served(REPORT, "--port", 0, "--token", "correct-horse-battery") as app, chromium() as context:
        page = context.new_page()
        assert page.goto(app.url).status == 401
        page.get_by_label("Token").fill("wrong-horse-battery")
        page.get_by_role("button").click()
        page.get_by_label("Token").fill("correct-horse-battery")
        page.get_by_role("button").click()
        sees(page, "⏎ Ask")
        assert "token" not in page.url
        assert page.evaluate("document.cookie") == ""
        again = context.new_page()
        again.goto(app.url)
        sees(again, "⏎ Ask")


def test_another_site_s_page_reaches_nothing(app: Served, tmp_path: Path) -> None:
    """A page at another origin tries to frame the app, to read its page, and to connect to it."""
    with web_page(f"<iframe src='{app.url}'></iframe>") as elsewhere, chromium() as context:
        page = context.new_page()
        page.goto(elsewhere)
        told = page.evaluate(
            """url => Promise.all([
                fetch(url).then(response => response.text(), () => "refused"),
                fetch(url, { mode: "no-cors" }).then(response => response.type, () => "refused"),
                new Promise(resolve => {
                    const socket = new WebSocket(url.replace("http", "ws") + "/ws");
                    socket.onmessage = () => resolve("connected");
                    socket.onclose = () => resolve("refused");
                }),
            ])""",
            app.url,
        )
        assert told == ["refused", "refused", "refused"]
        framed = page.frames[1]
        assert "docqa" not in framed.content()
