"""The first frame appears before heavy imports, which never run on the event loop's thread."""

import os
import subprocess
import sys
from pathlib import Path

WATCH = """
import asyncio, sys, threading

HEAVY = {"openvino", "torch", "transformers", "sentence_transformers", "tokenizers", "numpy", "bm25s"}
seen = []

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in HEAVY:
            seen.append((name, threading.current_thread() is threading.main_thread()))

sys.meta_path.insert(0, Watch())

from docqa.config import Settings
import docqa.tui
assert "textual" not in sys.modules, "docqa.tui is not light"
from docqa.tui.app import DocqaApp

class Watched(DocqaApp):
    def on_ready(self):
        # The first frame has been painted.
        assert not seen, f"loaded before the first frame: {seen}"

async def main():
    app = Watched([sys.argv[1]], Settings())
    async with app.run_test() as pilot:
        app.main.question.value = "Who was the keeper?"
        await pilot.press("enter")
        while app.questions.shown.pending:
            await pilot.pause(0.05)
        assert app.questions.shown.shown[0].text == "Tobias Wren", app.questions.shown
    heavy = {name for name, _ in seen}
    assert "numpy" in heavy and heavy & {"openvino", "torch"}, heavy
    assert not [name for name, on_main in seen if on_main], seen

asyncio.run(main())
print("fine")
"""


def test_nothing_heavy_is_loaded_before_the_first_frame_or_on_the_event_loop(tmp_path: Path) -> None:
    text = tmp_path / "keeper.txt"
    text.write_text("The keeper was Tobias Wren. He had a parrot.\n", encoding="utf-8")
    environment = {**os.environ, "DOCQA_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(text)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=200,
        check=False,
    )
    assert "fine" in done.stdout, done.stderr[-3000:]
