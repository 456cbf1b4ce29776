"""Parsing pages in several processes gives the same document, and never leaves a process behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from reportlab.pdfgen import canvas
from support.samples import SAMPLES, SHARED

from docqa.documents import Document, read
from docqa.documents.pdf.parser import parse
from docqa.errors import DocqaError
from docqa.progress import Cancelled, Monitor, Progress

_CHILDREN = Path("/proc/self/task")
needs_proc = pytest.mark.skipif(not _CHILDREN.is_dir(), reason="needs /proc to list child processes")


def children() -> list[int]:
    return [int(pid) for task in _CHILDREN.iterdir() for pid in (task / "children").read_text().split()]


def started_since(before: list[int]) -> list[int]:
    return [pid for pid in children() if pid not in before]


@pytest.fixture(scope="module")
def long_pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw(tmp_path_factory.mktemp("long") / "long.pdf", 600)


def draw(path: Path, pages: int, **options: object) -> Path:
    sheet = canvas.Canvas(str(path), invariant=1, **options)
    for page in range(1, pages + 1):
        sheet.drawString(72, 800, f"A running header  {page}")
        for line in range(40):
            sheet.drawString(72, 760 - 14 * line, f"On page {page} the heron stands in line {line} and waits for fish.")
        sheet.showPage()
    sheet.save()
    return path


def content(document: Document) -> tuple[object, ...]:
    lines = (document.lines.starts, document.lines.ends, document.lines.pages, document.lines.numbers)
    facts = (document.text, document.body_end, document.page_labels, document.sections, document.title)
    return (*facts, document.warnings, document.encrypted, *(array.tolist() for array in lines))


def outcome(file: Path, processes: int, password: str | None = None) -> tuple[object, ...]:
    try:
        return content(parse(read(str(file), password), Monitor(), processes))
    except DocqaError as error:
        return (error.message, error.hint)


@pytest.mark.parametrize(
    "file", [SAMPLES / "harbour-report.pdf", *sorted((SHARED / "pdfs").glob("*.pdf"))], ids=lambda file: file.name
)
def test_several_processes_read_the_same_document_as_one(file: Path) -> None:
    assert outcome(file, 3) == outcome(file, 1)


def test_a_long_document_is_the_same_too_and_its_progress_only_grows(long_pdf: Path) -> None:
    reports: list[Progress] = []
    document = parse(read(str(long_pdf)), Monitor(reports.append), 3)
    assert content(document) == outcome(long_pdf, 1)
    done = [report.done for report in reports]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, 600)


def test_an_encrypted_document_is_the_same_too(tmp_path: Path) -> None:
    file = draw(tmp_path / "a.pdf", 120, encrypt="sésame")
    assert outcome(file, 3, "sésame") == outcome(file, 1, "sésame")
    assert "heron" in str(outcome(file, 3, "sésame"))


def test_a_damaged_page_is_left_out_by_whichever_process_reads_it(tmp_path: Path) -> None:
    file = draw(tmp_path / "a.pdf", 120)
    file.write_bytes(file.read_bytes().replace(b"/Type /Page\n", b"/Type /Pagx\n", 1))
    assert outcome(file, 3) == outcome(file, 1)


def at_page(number: int, act: Callable[[], object]) -> Callable[[Progress], None]:
    """Return a progress callback that calls `act` once, when `number` pages have been read."""
    acted = []

    def report(progress: Progress) -> None:
        if progress.done >= number and not acted:
            acted.append(progress.done)
            act()

    return report


@needs_proc
def test_cancelling_leaves_no_process(long_pdf: Path) -> None:
    before = children()
    seen: list[int] = []
    monitor = Monitor(at_page(20, lambda: (seen.extend(started_since(before)), monitor.cancel.set())))
    with pytest.raises(Cancelled):
        parse(read(str(long_pdf)), monitor, 3)
    assert len(seen) == 2
    assert started_since(before) == []


@needs_proc
@pytest.mark.parametrize("pages", [0, 200], ids=["before they read", "while they read"])
def test_killed_processes_are_survived(long_pdf: Path, pages: int) -> None:
    before = children()
    killed: list[int] = []

    def kill() -> None:
        killed.extend(started_since(before))
        for pid in killed:
            os.kill(pid, signal.SIGKILL)

    document = parse(read(str(long_pdf)), Monitor(at_page(pages, kill)), 3)
    assert len(killed) == 2
    assert content(document) == outcome(long_pdf, 1)
    assert started_since(before) == []


SCRIPT = """
import os, signal, sys
from docqa.documents import read
from docqa.documents.pdf.parser import parse
from docqa.progress import Monitor

signal.signal(signal.SIGINT, signal.default_int_handler)  # A shell may start its background jobs with SIGINT ignored.

def report(progress):
    if {interrupt} and progress.done >= 100:
        os.killpg(0, signal.SIGINT)

print(parse(read(sys.argv[1]), Monitor(report), 3).page_count)
"""


def run_script(
    tmp_path: Path, file: Path, *, interrupt: bool, shell: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(interrupt=interrupt), encoding="utf-8")
    command = [*shell, sys.executable, str(script), str(file)]
    return subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, start_new_session=True, timeout=120, check=False
    )


def test_a_script_needs_no_main_guard(tmp_path: Path, long_pdf: Path) -> None:
    ended = run_script(tmp_path, long_pdf, interrupt=False)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("600\n", "", 0)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no process groups to interrupt")
@pytest.mark.parametrize(
    "shell", [(), ("sh", "-c", 'trap "" INT; exec "$@"', "sh")], ids=["", "in a shell that ignores SIGINT"]
)
def test_ctrl_c_ends_all_processes_and_prints_one_traceback(
    tmp_path: Path, long_pdf: Path, shell: Sequence[str]
) -> None:
    # This returns only when no process that could write to the pipes is left.
    ended = run_script(tmp_path, long_pdf, interrupt=True, shell=shell)
    assert ended.returncode == -signal.SIGINT
    assert ended.stderr.count("Traceback") == 1
    assert ended.stderr.rstrip().endswith("KeyboardInterrupt")
    assert ended.stdout == ""
