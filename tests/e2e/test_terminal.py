"""The app in a real terminal (tmux, if it is installed): what the user types, and what the screen shows."""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.terminal import HAS_TMUX, Terminal

pytestmark = pytest.mark.skipif(not HAS_TMUX, reason="tmux is not installed")

DOCQA = shlex.quote(str(Path(sys.executable).with_name("docqa")))
REPORT = "sample_docs/harbour-report.pdf"
QUESTION = "Who retired as Harbour Master?"


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
    terminal.sees("▸ 1  …", "Duncan Presswell", "very likely", "page 4 (1)", "15▌", "passages searched")
    terminal.sees("50 of 50 passages searched")  # Until all windows are read, the selected answer may change its rank.
    terminal.press("y")
    terminal.copied(f"Duncan Presswell ({REPORT}, page 4 (1), line 15")
    terminal.press("]")
    second = terminal.sees("▸ 2  ")
    assert "▸ 1" not in second
    terminal.press("[")
    terminal.sees("▸ 1  …", "Duncan Presswell")
    terminal.press("?")
    terminal.sees("─ Keys ─", "Go to the question input", "Esc close")
    terminal.press("Escape")
    terminal.sees_no_more("─ Keys ─")
    assert "▸ 1  …" in terminal.screen
    terminal.press("C-q")
    terminal.is_a_shell_again(0)
    # Not on the first line: on a busy machine the shell draws its prompt twice when tmux sets the size.
    assert "\nready> echo before" in f"\n{terminal.screen}", "the earlier output was not restored"
    assert "Duncan" not in terminal.screen


def test_text_is_found_in_all_documents_while_typing_and_hits_lead_to_their_pages_and_back(terminal: Terminal) -> None:
    run(terminal, "open sample_docs --retriever lexical")
    terminal.sees("Type a question and press Enter.")
    # Each key waits for what the one before it does: keys typed ahead go to what has the focus when they arrive.
    terminal.press("Tab")
    terminal.sees("⏎ Read", "del Close")
    terminal.press("/")
    terminal.sees("Find in this document · / in all")
    terminal.press("/")
    terminal.sees("Find in all documents", "Hits are shown while you type.")
    terminal.type("dredging")
    terminal.sees("words in any form", " hits in ", "harbour-report.pdf")
    terminal.press("C-u")
    terminal.sees("Hits are shown while you type.")
    terminal.press("C-t", "C-t")
    terminal.sees("regular expression")
    terminal.type(r"dredg\w+ [a-z]+")
    terminal.sees(" hits in ")
    terminal.press("C-u")
    terminal.sees("Hits are shown while you type.")
    terminal.type("(")
    terminal.sees("is no regular expression")
    terminal.press("C-u")
    terminal.sees("Hits are shown while you type.")
    terminal.press("C-t")
    terminal.sees("words in any form")
    terminal.type("harbour master")
    terminal.sees("words in any form", " hits in ")
    terminal.press("Down", "Enter")
    terminal.sees("“harbour master” ", "esc Hits")
    terminal.press("Escape")
    terminal.sees("words in any form", " hits in ")
    terminal.press("Escape")
    terminal.sees("None yet. Questions you")
    terminal.press("q")
    terminal.sees("Press q again to quit")
    terminal.press("q")
    terminal.is_a_shell_again(0)


def test_a_matrix_is_filled_marked_left_for_a_page_and_back_the_next_day(terminal: Terminal) -> None:
    run(terminal, "open sample_docs --retriever lexical")
    terminal.sees("Type a question and press Enter.")
    terminal.press("Tab")
    terminal.sees("⏎ Read", "del Close")
    terminal.press("t")
    terminal.sees("Matrix   0 questions   4 documents")
    terminal.press("i")
    terminal.sees("A question; Enter adds it")
    terminal.type(QUESTION)
    terminal.sees(QUESTION)
    terminal.press("Enter")
    terminal.sees("Matrix   1 question ", "No answer in 3 of 3 passages.")
    terminal.press("Escape")
    terminal.sees("⏎ Open", "c Right")
    terminal.press("l", "l")
    terminal.sees("»Duncan Presswell«")
    terminal.press("c")
    terminal.sees("✓ 1 marked", "✓ p. 4")
    terminal.press("Enter")
    terminal.sees("✓ you marked this right", "asked: harbour-report.pdf", "15▌")
    terminal.press("z")
    terminal.sees("esc All panes", "harbour-report.pdf · page 4 (1) of 18")
    terminal.press("b")
    terminal.sees("Matrix   1 question ", "»Duncan Presswell«")
    terminal.press("C-q")
    terminal.is_a_shell_again(0)
    terminal.type("clear")
    terminal.press("Enter")
    terminal.sees_no_more("before")
    run(terminal, "open --resume --retriever lexical")
    terminal.sees("Type a question and press Enter.", "4 open")
    terminal.press("Tab")
    terminal.sees("⏎ Read", "del Close")
    terminal.press("t")
    terminal.sees("Matrix   1 question   4 documents   ✓ 1 marked", "No answer in 3 of 3 passages.")
    terminal.press("l", "l")
    terminal.sees("✓ you marked this right", "»Duncan Presswell«")
    terminal.press("C-q")
    terminal.is_a_shell_again(0)


@pytest.mark.parametrize("debug", ["", "DOCQA_DEBUG=1"])
def test_a_bug_that_ends_the_app_is_told_in_a_sentence(terminal: Terminal, tmp_path: Path, debug: str) -> None:
    faulty = tmp_path / "faulty.py"
    faulty.write_text(
        "from docqa.cli import main\n"
        "from docqa.tui.app import DocqaApp\n"
        "async def broken(app): raise IndexError('the list\\x1b[31m is empty')\n"
        "DocqaApp.action_quit = broken\n"
        "main.run()\n",
        encoding="utf-8",
    )
    terminal.sees("ready>")
    terminal.type(f"{debug} {shlex.quote(sys.executable)} {faulty} open {REPORT}; echo it ended with $?")
    terminal.press("Enter")
    terminal.sees("Ask your documents a question", "Ask", "Quit")
    terminal.press("C-q")
    if debug:
        terminal.sees("IndexError: the list", "it ended with 1")
        return
    screen = terminal.sees("docqa: unexpected IndexError: the list\\x1b[31m is empty", "DOCQA_DEBUG=1 for a traceback")
    assert "Traceback" not in screen and "─" not in screen
    terminal.is_a_shell_again(2)


def test_questions_asked_under_the_prompt_stay_there(terminal: Terminal) -> None:
    run(terminal, f"ask --inline {REPORT} --top 2")
    screen = terminal.sees("❯ Ask your documents a question")
    assert screen.splitlines()[0].startswith("ready> echo before"), "the app uses more rows than it needs"
    terminal.type(QUESTION)
    terminal.sees(f"❯ {QUESTION}")
    terminal.press("Enter")
    screen = terminal.sees("▸ 1  …", "Duncan Presswell", "page 4 (1), line 15", "✓ 2 answers", "y Copy")
    assert terminal.state["alternate_on"] == "0"
    assert len(screen.rstrip().splitlines()) <= 19  # 16 rows, and the lines above the app.
    terminal.press("y")
    terminal.copied(f"Duncan Presswell ({REPORT}, page 4 (1), line 15")
    terminal.press("Down")
    terminal.sees("▸ 2  ")
    terminal.press("i")
    terminal.type("Who compiled the report?")
    terminal.sees("❯ Who compiled the report?")
    terminal.press("Enter")
    terminal.sees("Who compiled the report?  ✓ ", "▸ 1  The report was compiled by", "Linnell")
    terminal.press("q")
    terminal.is_a_shell_again(0)
    left = terminal.scrolled_back
    for text in (f"? {QUESTION}", "1. Duncan Presswell", "? Who compiled the report?", "Linnell"):
        assert text in left
    assert "❯" not in left


def test_an_interrupt_under_the_prompt_is_told_by_the_exit_code(terminal: Terminal) -> None:
    run(terminal, f"ask --inline {REPORT} --retriever lexical")
    terminal.sees("Type a question and press Enter.")
    terminal.press("C-c")
    terminal.sees("docqa: interrupted")
    terminal.is_a_shell_again(130)
