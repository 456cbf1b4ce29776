"""docqa as a library: it answers, and has no side effects on the process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_WATCH = """
import csv, logging, os, signal, sys
network = {"socket.connect", "socket.getaddrinfo", "socket.sendto"}
asked = []
sys.addaudithook(lambda event, arguments: asked.append((event, arguments)) if event in network else None)

def state():
    root = logging.getLogger()
    loggers = {name: logging.getLogger(name).level for name in ("pypdf", "transformers", "sentence_transformers")}
    return {
        "environment": dict(os.environ),
        "root logger": (root.level, list(root.handlers), root.disabled),
        "loggers": loggers,
        "disabled logging": logging.root.manager.disable,
        "csv's limit": csv.field_size_limit(),
        "signals": [signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)],
        "missing modules": [name for name, module in sys.modules.items() if module is None],
        "hooks": (sys.excepthook, sys.displayhook),
    }

before = state()
"""


@pytest.mark.parametrize(("precision", "device"), [("auto", "cpu"), ("float32", "auto")])
def test_asking_from_python_leaves_the_process_as_it_was(tmp_path: Path, precision: str, device: str) -> None:
    code = f"""
import docqa
result = docqa.open("sample_docs/harbour-report.pdf", precision={precision!r}, device={device!r}).ask(
    "Who retired as Harbour Master?")
assert "Duncan Presswell" in result.answers[0].text, result
after = state()
changed = {{name: (before[name], after[name]) for name in before if before[name] != after[name]}}
assert not changed, changed
assert not asked, asked
"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    done = subprocess.run(
        [sys.executable, "-c", _WATCH + code],
        capture_output=True,
        text=True,
        check=False,
        env=environment | {"DOCQA_HOME": str(tmp_path), "HF_HUB_OFFLINE": "0"},
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_reading_pairs_leaves_the_limit_of_csv_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("question,answer,context\nwho?,Anna,Anna kept it.\n", encoding="utf-8")
    code = f"""
from docqa import datasets
assert datasets.load([{str(tmp_path / "pairs.csv")!r}]).pairs
assert csv.field_size_limit() == before["csv's limit"]
"""
    done = subprocess.run([sys.executable, "-c", _WATCH + code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
