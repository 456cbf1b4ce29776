"""Hostile texts and names, on the bytes that a real terminal receives: of each command, and of the app."""

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.hostile import PAYLOADS, offences, text, write_folder
from support.terminal import HAS_TMUX, Terminal

DOCQA = str(Path(sys.executable).with_name("docqa"))
EVERYTHING = "".join(payload.replace("/", "") for payload in list(PAYLOADS.values())[:8])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny_reader: Path) -> Path:
    """A folder with hostile documents, pairs, a mix, questions and a reader."""
    root = tmp_path_factory.mktemp("hostile")
    write_folder(root / "documents")
    questions = f"Who is the {EVERYTHING} officer?\n" * 2
    (root / "questions.txt").write_text(questions, encoding="utf-8")
    name, evil, answer = f"pairs {EVERYTHING}.json", EVERYTHING, "Leo" + PAYLOADS["C1"]
    pairs = [
        {"question": f"Who is it{evil}?", "context": f"It is {answer}. {text()}", "answer": answer, "id": evil},
        {"question": f"Who{evil}?", "context": "It is Anna.", "answer": f"no{evil}", "id": f"x{evil}"},
        {"question": "Who?", "document": f"gone{evil}.txt", "answer": "Anna"},
    ]
    (root / name).write_text(json.dumps(pairs), encoding="utf-8")
    (root / "usable.json").write_text(json.dumps(pairs[:1] * 3), encoding="utf-8")
    (root / "mix.toml").write_text(f"[[pairs]]\nfile = {json.dumps(name)}\n", encoding="utf-8")
    reader = root / f"reader {evil}"
    shutil.copytree(tiny_reader, reader)
    made_of = {"repo": evil, "revision": evil, "files": {}}
    facts = json.dumps({"format": 1, "kind": "reader", "source": made_of})
    (reader / "docqa.json").write_text(facts, encoding="utf-8")
    return root


def received(folder: Path, *words: str, command: str = DOCQA, **variables: str) -> bytes:
    """What a terminal receives from a command: stdout and stderr."""
    terminal, end = pty.openpty()
    environment = os.environ | {"DOCQA_RETRIEVER": "lexical", "TERM": "xterm-256color"} | variables
    process = subprocess.Popen(
        [command, *words], stdin=subprocess.DEVNULL, stdout=end, stderr=end, cwd=folder, env=environment
    )
    os.close(end)
    found = b""
    try:
        while data := os.read(terminal, 65536):
            found += data
    except OSError:  # How Linux says that nobody has the other end open.
        pass
    finally:
        os.close(terminal)
    assert process.wait(60) in {0, 1, 2}
    return found


COMMANDS = {
    "ask": ["ask", f"Who is the officer{EVERYTHING}?", "documents", "--top", "9", "--explain"],
    "ask for JSON": ["ask", f"Who is the officer{EVERYTHING}?", "documents", "--json"],
    "several questions": ["ask", "--questions", "questions.txt", "documents", "--jsonl"],
    "text": ["text", "documents"],
    "text with kinds": ["text", "documents", "--kinds"],
    "text as Markdown": ["text", "documents", "--markdown"],
    "text as JSON": ["text", "documents", "--json"],
    "check of pairs": ["finetune", f"pairs {EVERYTHING}.json", "--dry-run"],
    "check of a mix": ["finetune", "mix.toml", "--dry-run"],
    "check as JSON": ["finetune", f"pairs {EVERYTHING}.json", "--dry-run", "--json"],
    "evaluation": ["eval", "usable.json", "--reader", f"reader {EVERYTHING}", "--worst", "9", "--threshold", "0"],
    "calibration": ["calibrate", "usable.json", "--reader", f"reader {EVERYTHING}", "--dry-run"],
    "reader": ["models", "show", f"./reader {EVERYTHING}"],
    "reader as JSON": ["models", "show", f"./reader {EVERYTHING}", "--json"],
    "no such reader": ["models", "use", f"no{EVERYTHING}"],
    "no such file": ["ask", "Who?", f"no{EVERYTHING}.txt"],
    "no such command": [f"no{EVERYTHING}"],
    "no such flag": ["ask", f"--no{EVERYTHING}", "Who?", "documents"],
    "no such choice": ["ask", "Who?", "documents", "--retriever", EVERYTHING],
    "no such pages": ["text", "documents", "--pages", EVERYTHING],
    "nothing to serve": ["serve", f"no{EVERYTHING}.txt"],
    "no host": ["serve", "documents", "--host", EVERYTHING],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_hostile_reaches_the_terminal(name: str, folder: Path) -> None:
    found = received(folder, *COMMANDS[name])
    assert b"unexpected" not in found
    assert b"Traceback" not in found
    assert len(found) > 40, "it says nothing"
    assert offences(found, drawn=True) == []


@pytest.mark.parametrize("setting", ["DOCQA_READER", "DOCQA_DEVICE", "DOCQA_RETRIEVER", "DOCQA_TOP"])
def test_nor_does_a_setting_s_value(setting: str, folder: Path) -> None:
    assert offences(received(folder, "ask", "Who?", "documents", **{setting: EVERYTHING}), drawn=True) == []


def test_nor_does_a_config_file(folder: Path, home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(f"{json.dumps(EVERYTHING)} = 1\n", encoding="utf-8")
    found = received(folder, "ask", "Who?", "documents")
    assert b"config.toml" in found
    assert offences(found, drawn=True) == []


def test_nor_what_is_said_while_a_progress_bar_is_drawn(folder: Path) -> None:
    script = f"""
import warnings
from docqa.cli import streams, terminal
terminal._SHOW_AFTER = 0.0
streams.prepare(terminal.in_colour)
with terminal.progress_bar(quiet=False) as monitor:
    monitor.update("reading", {EVERYTHING!r} + "[/]", 1, 2)
    terminal.note({EVERYTHING!r})
    warnings.warn({EVERYTHING!r})
    monitor.update("reading", {EVERYTHING!r}, 2, 2)
"""
    found = received(folder, "-c", script, command=sys.executable)
    assert b"UserWarning" in found
    assert offences(found, drawn=True) == []


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path)
    try:
        yield opened
    finally:
        opened.end()


@pytest.mark.skipif(not HAS_TMUX, reason="tmux is not installed")
def test_nothing_hostile_reaches_the_terminal_from_the_app(terminal: Terminal, folder: Path, tmp_path: Path) -> None:
    record = tmp_path / "received"
    terminal.sees("ready>")
    terminal.type(f"cd {folder}; {DOCQA} open documents --retriever lexical --threshold 0; echo it ended with $?")
    terminal.press("Enter")
    terminal.record(record)
    terminal.sees("Ask your documents a question", "✗")
    terminal.type("Who is the colour officer?")
    terminal.press("Enter")
    terminal.sees("▸ 1  ", "17 of 17 passages searched")  # Before, the selected answer may change its rank.
    # Each sight is one that only its key brings: what is on the screen before doesn't show that the key was handled.
    for key, sight in (
        ("j", "▸ 2  "),
        ("y", "Copied: Leo"),
        ("Y", "Copied: “"),
        ("v", " in the search · "),
        ("/", "Find in this document"),
    ):
        terminal.press(key)
        terminal.sees(sight)
    assert "\x1b" not in terminal.clipboard
    terminal.type("officer")
    terminal.sees("“officer”")
    terminal.press("Enter")
    terminal.sees("❯ Ask your documents")
    for key, sight in (("D", "Enter go there"), ("w", "Right answer to"), ("e", "Export 1"), ("?", "─ Keys ─")):
        terminal.press(key)
        terminal.sees(sight)
        terminal.press("Escape")
        terminal.sees_no_more(sight)
    terminal.press("O")
    terminal.sees("Add or replace documents", "Files below this folder")
    terminal.press("Escape")
    terminal.sees_no_more("Add or replace documents")
    terminal.press("C-q")
    terminal.sees("it ended with 0")
    assert offences(record.read_bytes(), drawn=True) == []
