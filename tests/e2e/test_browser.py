"""`docqa serve` in headless Chromium, if it is installed: what the user sees and types."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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
def opened(app: Served) -> Iterator["sync_api.Page"]:
    """The app's page, with the app running, in a browser with clipboard permissions."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=root)
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=app.url)
        context.set_default_timeout(DEADLINE)
        context.add_init_script(_LEND)
        page = context.new_page()
        page.asked_for = []
        page.on("request", lambda request: page.asked_for.append(request.url))
        page.on("websocket", lambda socket: page.asked_for.append(socket.url))
        page.goto(app.url)
        sees(page, "⏎ Ask")  # In the footer while the question input has the focus.
        yield page
        browser.close()


def sees(page: "sync_api.Page", text: str) -> None:
    """Wait until `text` is on the terminal's screen."""
    page.wait_for_function("text => window.lent && window.screenText().includes(text)", arg=text)


def has_the_keys(page: "sync_api.Page") -> None:
    """Wait until the terminal has the keyboard focus."""
    page.wait_for_function(
        "() => document.hasFocus() && document.activeElement.classList.contains('xterm-helper-textarea')"
    )


def ask(page: "sync_api.Page", question: str = QUESTION, answer: str = "Captain Duncan Presswell") -> None:
    """Type a question and wait for the answer."""
    has_the_keys(page)
    page.keyboard.type(question)
    sees(page, f"❯ {question}")
    page.keyboard.press("Enter")
    sees(page, f"▸ 1  {answer}")
    sees(page, " windows read")


def test_a_question_typed_in_a_browser_is_answered_there(app: Served, page: "sync_api.Page") -> None:
    ask(page)
    assert "very likely" in page.evaluate("window.screenText()")
    page.keyboard.press("n")
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
    page.wait_for_function("async () => (await navigator.clipboard.readText()).startsWith('Captain Duncan')")
    page.keyboard.press("i")
    sees(page, "⏎ Ask")
    has_the_keys(page)
    page.keyboard.press("Shift+Insert")
    sees(page, "❯ Captain Duncan Presswell (")


def test_the_document_opens_in_the_browser_as_it_is_and_nothing_in_it_is_run(tmp_path: Path) -> None:
    text = "The lamp was lit by Zoë Marsh in 1902. <script>document.title = 'run'</script>"
    (tmp_path / "the lamp.md").write_text(text, encoding="utf-8")
    with served(tmp_path / "the lamp.md", "--port", 0) as app, opened(app) as page:
        ask(page, "Who lit the lamp?", "Zoë Marsh")
        with page.expect_popup() as opening:
            page.keyboard.press("o")
        opening.value.get_by_text(text).wait_for()
        assert opening.value.title() != "run"
