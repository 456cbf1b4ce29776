"""Files that were made to break a parser, or are broken, are refused in a sentence, and the others are read."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest
from support.hostile_parser import REFERENCE
from support.samples import SAMPLES

from docqa import documents
from docqa.array_store import ArrayStore
from docqa.cli.main import main
from docqa.config import Settings
from docqa.documents import Document, LeftOut, Source, expand, parse, parse_isolated, read
from docqa.documents.pdf.pdfium_engine import open_pdf
from docqa.engine import Engine
from docqa.errors import DocqaError
from docqa.extensions import FORMATS, DocumentFormat
from docqa.progress import Cancelled, Monitor

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no limits on processes, and no FIFOs")
SENTENCE = b"BT /F1 12 Tf 72 700 Td (The heron stands by the water.) Tj ET\n"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>"


def pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF with these objects, numbered from 1."""
    data, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size, start = len(objects) + 1, len(data)
    return bytes(data) + b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d %b >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        trailer,
        start,
    )


def stream(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed)


SENTENCE_STREAM = stream(SENTENCE)


def pages(
    content: bytes, kids: bytes = b"[3 0 R]", count: int = 1, *more: bytes, trailer: bytes = b"/Root 1 0 R"
) -> bytes:
    tree = b"<< /Type /Pages /Kids %b /Count %d >>" % (kids, count)
    return pdf(b"<< /Type /Catalog /Pages 2 0 R >>", tree, PAGE, FONT, content, *more, trailer=trailer)


def outcome(data: bytes, name: str = "a.pdf", monitor: Monitor | None = None) -> str:
    """The text of a document, or why it was refused."""
    try:
        return parse_isolated(Source(name, data), monitor).text
    except DocqaError as error:
        assert error.hint
        assert "\n" not in error.message
        return error.message


def worker_processes() -> list[int]:
    """The processes that this one started."""
    tasks = Path("/proc/self/task")
    return [int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()]


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc to list child processes")


# Limits -----------------------------------------------------------------------------------------------------


def test_a_file_is_the_same_document_in_a_worker_process(tmp_path: Path) -> None:
    for name in ("harbour-report.pdf", "expedition-journal.txt", "staff-handbook.md"):
        source = read(str(SAMPLES / name))
        one, other = parse_isolated(source), parse(source)
        assert isinstance(one, Document)
        assert (one.text, one.tables, one.sections, one.title, one.language, one.warnings, one.page_labels) == (
            (other.text, other.tables, other.sections, other.title, other.language, other.warnings, other.page_labels)
        )
        assert one.lines.starts.tolist() == other.lines.starts.tolist()
        assert list(one.blocks) == list(other.blocks)


@posix
def test_a_bomb_is_given_up_and_the_next_file_is_read() -> None:
    bomb = pages(stream(b"BT /F1 9 Tf 72 700 Td " + b"(The heron stands.) Tj 0 -1 Td\n" * 4_000_000 + b"ET"))
    assert len(bomb) < 1_000_000
    assert outcome(bomb).startswith("a.pdf was given up: ")
    assert outcome(pages(SENTENCE_STREAM)) == "The heron stands by the water."


@pytest.fixture
def hostile_format(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FORMATS, "_known", dict(FORMATS._known))
    FORMATS.register(DocumentFormat("hostile", "hostile", (".hostile",), parse=REFERENCE))


@posix
@pytest.mark.usefixtures("hostile_format")
def test_a_parser_that_never_ends_is_ended() -> None:
    began = time.process_time()
    message = outcome(b"loop", "a.hostile")
    assert message == "a.hostile was given up: reading it takes too long (it came to 3 of 9)"
    assert time.process_time() - began < 5  # This process only waits.


@posix
@pytest.mark.usefixtures("hostile_format")
def test_a_parser_that_crashes_or_prints_harms_nobody() -> None:
    assert "a.hostile was given up: it breaks its parser" in outcome(b"abort", "a.hostile")
    assert "SIGABRT" in outcome(b"abort", "a.hostile")
    assert outcome(b"print", "a.hostile") == "It is done."


@needs_proc
@pytest.mark.usefixtures("hostile_format")
def test_cancelling_ends_the_process() -> None:
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        outcome(b"sleep", "a.hostile", Monitor(lambda _: cancel.set(), cancel))
    assert worker_processes() == []


@needs_proc
@pytest.mark.usefixtures("hostile_format")
def test_the_process_is_kept_for_the_next_file_and_replaced_if_it_was_killed() -> None:
    outcome(b"", "a.hostile")
    [process] = worker_processes()
    outcome(b"", "a.hostile")
    assert worker_processes() == [process]
    os.kill(process, signal.SIGKILL)
    assert outcome(b"", "a.hostile") == "It is done."
    assert worker_processes() != [process]


@posix
@pytest.mark.usefixtures("hostile_format")
def test_a_parser_without_a_name_runs_in_this_process() -> None:
    seen = []

    def shout(source: Source, _: Monitor) -> Document:
        seen.append(os.getpid())
        return documents.parse(Source("a.txt", b"It is done."))

    FORMATS.register(DocumentFormat("shout", "shout", (".shout",), parse=shout))
    assert outcome(b"x", "a.shout") == "It is done."
    assert seen == [os.getpid()]


def test_without_processes_files_are_parsed_in_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    documents.isolated._end_worker()
    assert outcome(pages(SENTENCE_STREAM)) == "The heron stands by the water."


SCRIPT = """
import sys, docqa.documents as documents
from docqa.extensions import FORMATS, DocumentFormat
from docqa.progress import Monitor
sys.path.insert(0, {folder!r})
FORMATS.register(DocumentFormat("hostile", "hostile", (".hostile",), parse={reference!r}))
report = Monitor(lambda _: print("parsing", flush=True))
documents.parse_isolated(documents.Source("a.hostile", {data!r}), report)
"""


@needs_proc
@pytest.mark.parametrize("data", [b"loop", b"sleep"])
def test_a_process_ends_with_the_one_that_started_it(data: bytes) -> None:
    script = SCRIPT.format(folder=str(Path(__file__).parent), data=data, reference=REFERENCE)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "parsing\n"
        tasks = Path(f"/proc/{parent.pid}/task")
        [child] = [int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()]
        parent.kill()
    status = Path(f"/proc/{child}/status")
    deadline = time.monotonic() + 60
    while status.exists() and "Z (zombie)" not in status.read_text():
        assert time.monotonic() < deadline


# Structures -------------------------------------------------------------------------------------------------

DEEP = b"[" * 200_000 + b"]" * 200_000


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (pages(SENTENCE_STREAM, b"[3 0 R]", 100_000), "The heron stands by the water."),
        (pages(SENTENCE_STREAM, b"[2 0 R 2 0 R]", 50), "nothing on any of its 50 pages"),
        (pages(SENTENCE_STREAM, b"[2 0 R 3 0 R]", 2), "The heron stands by the water."),
        (pages(b"<< /Length 5 0 R >>\nstream\n" + SENTENCE + b"\nendstream"), "The heron stands by the water."),
        (pdf(b"2 0 R", b"1 0 R"), "damaged"),
        (pages(SENTENCE_STREAM, trailer=b"/Root 1 0 R /Prev 10"), "The heron stands by the water."),
        (pdf(b"<< /Type /Catalog /Pages 2 0 R /X " + DEEP + b" >>", b"<< /Type /Pages /Kids [] /Count 0 >>"), "a.pdf"),
        (pages(stream(b"[" * 3_000_000 + SENTENCE)), "nothing on its only page"),
    ],
    ids=["claim", "loop", "loop beside", "length", "references", "versions", "deep object", "deep content"],
)
def test_a_strange_structure_is_read_or_refused(data: bytes, expected: str) -> None:
    assert expected in outcome(data)


@pytest.mark.parametrize(("length", "objects"), [(4_000_000, 9_000), (1_000, 2**63 - 1)])
def test_a_lost_catalog_is_not_looked_for_without_end(length: int, objects: int) -> None:
    """pypdf scans the whole file for each object that its table lacks, also for those of a table that can't be."""
    padding = b"<< /Length %d >>\nstream\n%b\nendstream" % (length, b"z" * length)
    data = pdf(b"<< /Type /Nothing >>", padding).replace(b"/Size 3", b"/Size %d" % objects)
    before = time.process_time()
    with pytest.raises(DocqaError, match="damaged"):
        parse(Source("a.pdf", data))
    assert time.process_time() - before < 20


@pytest.mark.parametrize("title", [b"FEFF0054D8000068", b"FEFFD800", b"FEFFDC000054", b"FEFF0054D8"])
def test_half_a_letter_in_a_title_or_an_outline_is_shown_as_such(title: bytes) -> None:
    outline = b"<< /Type /Outlines /First 7 0 R /Last 7 0 R /Count 1 >>"
    entry = b"<< /Title <%b> /Parent 6 0 R /Dest [3 0 R /XYZ 0 710 0] >>" % title
    data = pages(SENTENCE_STREAM, b"[3 0 R]", 1, outline, entry, b"<< /Title <%b> >>" % title)
    data = data.replace(b"/Catalog ", b"/Catalog /Outlines 6 0 R ").replace(b"/Root", b"/Info 8 0 R /Root")
    document = parse_isolated(Source("a.pdf", data))
    shown = [document.title or "", *(section.title for section in document.sections)]
    "".join(shown).encode("utf-8")  # Raises if a surrogate is left.
    assert document.text == "The heron stands by the water."


# Other files than their names say ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.txt", pages(SENTENCE_STREAM), "The heron stands by the water."),
        ("a.pdf", b"PK\x03\x04\x14\0\0\0", "a.pdf is no PDF: it is a ZIP archive, such as a Word or Excel file"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n\0\0", "a.pdf is no PDF: it is a picture (PNG)"),
        ("a.pdf", b"<!DOCTYPE html><html>Not found", "a.pdf is no PDF: it is a web page"),
        ("a.txt", b"PK\x03\x04\x14\0\0\0", "a.txt is not a text file: it is a ZIP archive"),
        ("a.md", b"\xff\xd8\xff\xe0\0\x10JFIF", "a.md is not a text file: it is a picture (JPEG)"),
        ("a.txt", bytes(range(1, 256)) * 20, "a.txt is not a text file: it consists of control characters"),
        ("a.txt", b"\0" * 5_000, "a.txt is not a text file: it contains NUL bytes"),
    ],
    ids=["PDF", "ZIP", "PNG", "web page", "ZIP as text", "JPEG as Markdown", "rubbish", "zeros"],
)
def test_a_file_that_is_another_than_its_name_says(name: str, data: bytes, expected: str) -> None:
    assert expected in outcome(data, name)


@pytest.mark.parametrize("errors", ["replace", "latin-1"])
def test_a_pdf_that_was_written_as_utf_8_is_damaged_not_a_scan(errors: str) -> None:
    numbers = Random(7)  # What deflates badly makes a file that has bytes of all kinds.
    lines = (SENTENCE.replace(b"700", b"%d" % y) + b"%% %d\n" % numbers.getrandbits(500) for y in range(60, 800, 7))
    data = pages(stream(b"".join(lines)))
    text = data.decode("utf-8", "replace") if errors == "replace" else data.decode("latin-1")
    assert outcome(text.encode()) == "a.pdf is damaged: its bytes were converted as if it were text"


# Folders and files ------------------------------------------------------------------------------------------


def test_what_a_folder_has_besides_is_told_in_one_note(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("keeper.txt", "a.docx", "b.docx", "c.PNG", "sub/README", ".hidden.docx", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("The keeper is Anna Holm.", encoding="utf-8")
    left_out: list[LeftOut] = []
    assert list(expand([tmp_path], left_out)) == [str(tmp_path / "keeper.txt")]
    expected = "4 files of other types (.docx 2, .png, without a suffix) were left out"
    assert left_out == [(str(tmp_path), expected)]
    assert main(["text", str(tmp_path)]) == 0
    assert capsys.readouterr().err == f"docqa: {tmp_path}: {expected}\n"
    (tmp_path / "keeper.txt").unlink()
    assert "no supported files" in str(next(expand([tmp_path], left_out)))


@posix
def test_links_and_what_is_no_file_are_told_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    (tmp_path / "up").symlink_to(tmp_path)
    (tmp_path / "itself").symlink_to("itself")
    os.mkfifo(tmp_path / "pipe.txt")
    left_out: list[LeftOut] = []
    assert list(expand([tmp_path], left_out)) == [str(tmp_path / "a.txt")]
    assert left_out[0].message == "1 link to folders and 2 that are no files were left out"


def test_a_note_on_a_folder_is_among_the_warnings_of_an_answer(
    tmp_path: Path, tiny_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("The keeper is Anna Holm.", encoding="utf-8")
    (tmp_path / "b.docx").write_text("x", encoding="utf-8")
    result = Engine(tiny_settings, ArrayStore(None)).open([tmp_path]).ask("Who is the keeper?")
    message = "1 file of another type (.docx) was left out"
    assert [(warning.document, warning.message) for warning in result.warnings] == [(str(tmp_path), message)]


@posix
def test_names_with_newlines_are_read(tmp_path: Path) -> None:
    (tmp_path / "a\nb.txt").write_text("The keeper is Anna Holm.", encoding="utf-8")
    [path] = expand([tmp_path])
    assert parse_isolated(read(str(path))).text == "The keeper is Anna Holm."


@posix
def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    file, draft, pipe = tmp_path / "a.txt", tmp_path / "draft", tmp_path / "pipe"
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            draft.write_bytes(b"x")
            draft.replace(file)
            os.mkfifo(pipe)
            pipe.replace(file)

    file.write_bytes(b"x")
    thread = threading.Thread(target=swap)
    thread.start()
    try:
        for _ in range(500):
            try:
                assert read(str(file)).data == b"x"
            except DocqaError as error:
                assert "is a named pipe, not a file" in error.message
    finally:
        done.set()
        thread.join()


class Meanwhile:
    """Calls each of the functions in turn, whenever a part of a file has been read: a monitor's event."""

    def __init__(self, acts: Sequence[Callable[[], object]]) -> None:
        self._acts = list(acts)

    def is_set(self) -> bool:
        if self._acts:
            self._acts.pop(0)()
        return False


def read_while(file: Path, *acts: Callable[[], object]) -> bytes:
    return read(str(file), None, Monitor(cancel=Meanwhile(acts))).data  # type: ignore[arg-type]


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"old and long")
    assert read_while(file, lambda: file.write_bytes(b"new")) == b"new"
    assert read_while(file, lambda: file.write_bytes(b"")) == b""

    def append() -> None:
        with file.open("ab") as stream:
            stream.write(b" line")

    file.write_bytes(b"log:")
    assert read_while(file, *[append] * 9).startswith(b"log: line")
    file.write_bytes(b"whole")
    assert read_while(file, file.unlink) == b"whole"


def test_a_file_that_is_rewritten_all_the_time_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    writes = [lambda text=text: file.write_text(text * 9, encoding="utf-8") for text in "abcdefgh"]
    writes[0]()
    with pytest.raises(DocqaError, match="is being written to"):
        read_while(file, *writes[1:])


# Big files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "megabytes"), [("a.txt", 150), ("a.md", 20)])
def test_a_file_beyond_the_limit_of_its_format_is_refused(tmp_path: Path, name: str, megabytes: int) -> None:
    with (tmp_path / name).open("wb") as stream:
        stream.truncate(megabytes * 1_000_000 + 1)  # Without taking any space.
    message = f"is larger than {megabytes} MB, which is the most that docqa reads of such a file"
    with pytest.raises(DocqaError, match=message):
        parse_isolated(read(str(tmp_path / name)))


@posix
def test_an_endless_stream_is_refused() -> None:
    command = [sys.executable, "-m", "docqa", "text", "-"]
    with open("/dev/zero", "rb") as endless:  # noqa: PTH123
        ended = subprocess.run(command, stdin=endless, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("docqa: (standard input) is larger than 500 MB")


MEASURE = """
import json, resource, sys
from docqa.config import Settings
from docqa.array_store import ArrayStore
from docqa.engine import Engine
from docqa.progress import Monitor

def peak():
    return sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) * 1024

engine = Engine(Settings(device="cpu", precision="float32"), ArrayStore(None))
engine.wait_until_loaded()
engine.open([sys.argv[1]]).ask("Who is the keeper?")
before, stages = peak(), {}
collection = engine.open([sys.argv[2]], Monitor(lambda p: stages.setdefault(p.stage, []).append((p.done, p.total))))
answer = collection.ask("Who is the keeper?").answers[0].text
print(json.dumps([peak() - before, stages, answer]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has another unit elsewhere")
def test_a_long_text_takes_little_memory_and_shows_progress(tmp_path: Path) -> None:
    journal = (SAMPLES / "expedition-journal.txt").read_text(encoding="utf-8")
    (tmp_path / "short.txt").write_text(journal, encoding="utf-8")
    file = tmp_path / "long.txt"
    file.write_text("The keeper is Anna Holm.\n\n" + journal * 150, encoding="utf-8")
    size = file.stat().st_size
    environment = {**os.environ, "DOCQA_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "short.txt"), str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=250, check=False)
    taken, stages, answer = json.loads(ended.stdout)
    assert answer == "Anna Holm"
    for stage in ("reading text", "tokenizing", "embedding"):
        assert len(stages[stage]) > 3, stage
    # A text of 100 MB takes less than 15 bytes a byte; so short a one has more that doesn't grow with it.
    assert taken < 25 * size


def test_a_page_whose_matrices_overflow_is_read() -> None:
    """The restoring of the graphics state is missing, so that each matrix enlarges what the last one left."""
    drawing = b"99 0 0 99 7 7 cm\n" * 40 + b"BT 35 0 0 35 0 0 Tm /F1 1 Tf (5 herons) Tj ET\n"
    document = parse(Source("a.pdf", pages(stream(b"q\n" + SENTENCE + b"Q\n" + drawing))))
    assert "The heron stands by the water." in document.text


def test_letters_that_are_drawn_from_right_to_left_have_boxes() -> None:
    """Without, white space in a table is found over and over again: twice as often with every row."""
    row = b"1 0 0 1 %d %d Tm [($5) 20000 (12 ) 4000 ($5)] TJ\n"
    cells = b"".join(row % (x, y) for y in (700, 688, 676) for x in (300, 400, 500))
    with open_pdf(pages(stream(SENTENCE + b"BT /F1 9 Tf 60 Tw\n" + cells + b"ET\n")), None) as file:
        content = file.content(0)
    assert content
    assert len(content.fragments) > 10
    assert [fragment for fragment in content.fragments if fragment.x0 > fragment.x1] == []
