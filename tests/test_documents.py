"""Parsing files into documents: text, locations, and error messages."""

import os
import re
import socket
from contextlib import chdir
from itertools import pairwise
from pathlib import Path

import pytest
from reportlab.pdfgen import canvas
from support.samples import SAMPLES, SHARED

from docqa.documents import Document, Source, expand, parse, read
from docqa.errors import DocqaError


def load(path: Path, password: str | None = None) -> Document:
    return parse(read(str(path), password))


def page_text(document: Document, page: int) -> list[str]:
    return [document.text[line.start : line.end] for line in document.page_lines(page)]


def draw(path: Path, *pages: list[tuple[float, float, str]], **options: object) -> Path:
    sheet = canvas.Canvas(str(path), invariant=1, **options)
    for page in pages:
        for x, y, text in page:
            sheet.drawString(x, y, text)
        sheet.showPage()
    sheet.save()
    return path


@pytest.fixture(scope="module")
def report() -> Document:
    return load(SAMPLES / "harbour-report.pdf")


# Text ---------------------------------------------------------------------------------------------


def test_lines_of_a_text_are_those_of_an_editor(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"one\r\ntwo\r\n\r\nfour and a half\rfive")
    document = load(file)
    assert page_text(document, 0) == ["one", "two", "", "four and a half", "five"]
    start = document.text.index("half")
    place = document.locate(start, start + 4)
    assert (place.page, place.line_start, place.line_end) == (None, 4, 4)


# PDF ----------------------------------------------------------------------------------------------


def test_pdf_has_title_labels_and_sections(report: Document) -> None:
    assert report.title == "Sallowmouth Harbour Authority: Annual Environmental and Operations Report 2023–24"
    assert report.page_labels[:5] == ("i", "ii", "iii", "1", "2")
    assert report.page_count == 18
    titles = [section.title for section in report.sections]
    assert "5.1 Shore power at Lantern Pier" in titles
    for section in report.sections:
        assert report.text[section.start :].startswith(section.title[:12])


def test_a_bookmark_without_a_name_is_no_section(tmp_path: Path) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), invariant=1)
    sheet.drawString(72, 700, "1 The keepers")
    sheet.drawString(72, 600, "Anna Holm kept the lamp for 31 years.")
    for number, (title, top) in enumerate((("1 The keepers", 712), ("Untitled", 612), ("_GoBack", 606))):
        sheet.bookmarkHorizontal(str(number), 0, top)
        sheet.addOutlineEntry(title, str(number), 0)
    sheet.save()
    document = parse(read(str(tmp_path / "a.pdf")))
    assert [section.title for section in document.sections] == ["1 The keepers"]
    assert document.locate(document.text.index("Anna"), len(document.text)).section == "1 The keepers"


def test_every_line_of_a_pdf_leads_back_to_its_page(report: Document) -> None:
    start = report.text.index("retired as Harbour Master")
    place = report.locate(start, start + 7)
    assert (place.page, place.page_label, place.section) == (4, "1", "1.1 Statement by the chair")
    line = report.page_lines(4)[place.line_start - 1]
    assert line.number == place.line_start
    assert line.start <= start < line.end


def test_running_lines_are_paragraphs_and_hyphenated_words_are_whole(report: Document) -> None:
    body = report.text[: report.body_end]
    assert "\ufffe" not in body
    lines = report.lines
    joined = [i for i in range(len(lines) - 1) if lines.ends[i] == lines.starts[i + 1] < report.body_end]
    words = [re.search(r"\w*$", body[: lines.ends[i]])[0] + re.match(r"\w*", body[lines.ends[i] :])[0] for i in joined]
    assert len(words) >= 20
    assert all(len(word) > 4 for word in words)
    assert sum(report.breaks_word(int(end)) for end in lines.ends) == len(joined)


def test_headers_and_footers_are_on_the_page_but_not_in_the_passages(report: Document) -> None:
    body = report.text[: report.body_end]
    assert "Annual Environmental and Operations Report 2023–24  Page 5" not in body
    assert any("Page 5" in line for line in page_text(report, 8))
    start = report.text.index("Annual Environmental and Operations Report 2023–24  Page 5")
    assert report.locate(start, start + 5).page == 8


def test_the_table_of_contents_is_on_its_page_but_not_in_the_passages(report: Document) -> None:
    assert "Shore power at Lantern Pier …" not in report.text[: report.body_end]
    shown = page_text(report, 2)
    assert "5.1 Shore power at Lantern Pier … 6" in shown
    assert shown.index("1 The year in summary … 1") < shown.index("5.1 Shore power at Lantern Pier … 6")


def test_a_paragraph_goes_on_over_a_page_break(report: Document) -> None:
    lines = report.lines
    body = [i for i in range(len(lines)) if lines.starts[i] < report.body_end]
    over = [
        report.text[lines.starts[i] : lines.ends[j]]
        for i, j in pairwise(body)
        if lines.pages[i] + 1 == lines.pages[j] and "\n" not in report.text[lines.starts[i] : lines.ends[j]]
    ]
    assert len(over) >= 2


def test_columns_that_the_file_has_row_by_row_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = ["The quick brown fox jumps over", "the lazy dog and then walks on", "to the river where it drinks."]
    right = ["A second column speaks of cats", "who never care about foxes or", "dogs, since they only sleep."]
    rows = [(x, 700 - 12 * i, t) for i in range(3) for x, t in ((72, left[i]), (320, right[i]))]
    table = [(x, 600, cell) for x, cell in ((72, "Station"), (200, "Depth"), (300, "Ammonium"))]
    document = load(draw(tmp_path / "a.pdf", [*rows, *table]))
    assert " ".join(left) in document.text
    assert " ".join(right) in document.text
    assert document.text.index("drinks") < document.text.index("A second")
    assert "Station  Depth  Ammonium" in document.text


def test_a_hyphen_that_is_the_words_own_stays(tmp_path: Path) -> None:
    lines = ["A long-term plan was made and then a long-", "term lease was signed, and for all of this CO-", "2 fell."]
    document = load(draw(tmp_path / "a.pdf", [(72, 700 - 12 * i, text) for i, text in enumerate(lines)]))
    assert "a long-term lease" in document.text
    assert "CO-2 fell" in document.text


def test_pages_without_text_are_reported(tmp_path: Path) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), invariant=1)
    sheet.drawString(72, 700, "Only the first page says anything.")
    for _ in range(2):
        sheet.showPage()
        sheet.rect(72, 72, 400, 600, fill=1)
    sheet.save()
    assert load(tmp_path / "a.pdf").warnings == (
        "pages 2–3 have no text; it may be a scan; run it through OCR first, for example `ocrmypdf in.pdf out.pdf`",
    )


def test_a_damaged_page_is_left_out_and_reported(tmp_path: Path) -> None:
    file = draw(tmp_path / "a.pdf", *([(72, 700, f"Page {number} is about herons.")] for number in range(1, 6)))
    pages = [match.start() for match in re.finditer(rb"/Type /Page\s", file.read_bytes())]
    damaged = bytearray(file.read_bytes())
    damaged[pages[1] : pages[1] + 11] = b"/Type /Pagx"
    file.write_bytes(damaged)
    document = load(file)
    assert document.warnings == ("page 2 is damaged and was left out",)
    assert "Page 1 is about" in document.text
    assert "Page 3 is about" in document.text


def test_an_encrypted_pdf_opens_with_its_password_only(tmp_path: Path) -> None:
    file = draw(tmp_path / "a.pdf", [(72, 700, "The secret word is heron.")], encrypt="sesame")
    with pytest.raises(DocqaError, match=r"a\.pdf is encrypted") as missing:
        load(file)
    assert "--password" in missing.value.hint
    with pytest.raises(DocqaError, match="does not open with this password"):
        load(file, "wrong")
    document = load(file, "sesame")
    assert document.encrypted
    assert "heron" in document.text


# Failures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "a.txt is empty"),
        ("a.txt", b" \n\t\n", "a.txt is empty"),
        ("a.md", b"", "a.md is empty"),
        ("a.pdf", b"", "a.pdf is empty"),
        ("a.txt", b"PK\x03\x04\x00\x00\x00", "a.txt is not a text file"),
        ("a.txt", b"\xff\xfeh\x00i", "begins as UTF-16 but is not"),
        ("a.pdf", b"%PDF-1.7\nnothing of the kind\n", "is damaged"),
        ("a.pdf", b"hello", "is damaged or not a PDF"),
        ("a.docx", b"PK", "is of a type that docqa does not read"),
    ],
)
def test_a_file_that_cannot_be_opened_is_reported_with_a_hint(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(DocqaError, match=re.escape(message)) as failure:
        load(file)
    assert failure.value.hint


@pytest.mark.skipif(not os.access("/proc/kmsg", os.R_OK), reason="the kernel's log is not readable")
def test_what_looks_like_a_file_and_never_ends_is_not_waited_for() -> None:
    with pytest.raises(DocqaError, match=r"/proc/kmsg (has no end|can't be read)"):
        load("/proc/kmsg")


def test_standard_input_is_read_once_and_named_in_messages() -> None:
    assert list(expand(["-", "-"])) == ["-"]
    with pytest.raises(DocqaError, match=r"^\(standard input\) is empty"):
        parse(Source("-", b""))


def test_a_scan_is_reported_with_a_hint(tmp_path: Path) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), invariant=1)
    for _ in range(2):
        sheet.rect(72, 72, 400, 600, fill=1)
        sheet.showPage()
    sheet.save()
    with pytest.raises(DocqaError, match="has no text layer on any of its 2 pages") as failure:
        load(tmp_path / "a.pdf")
    assert "ocrmypdf" in failure.value.hint


def test_a_truncated_pdf_opens_or_is_refused(tmp_path: Path) -> None:
    whole = (SAMPLES / "harbour-report.pdf").read_bytes()
    file = tmp_path / "a.pdf"
    for size in (100, 5_000, 40_000, len(whole) - 2_000):
        file.write_bytes(whole[:size])
        try:
            assert load(file).text
        except DocqaError as refusal:
            assert refusal.hint


def test_missing_and_unreadable_files_are_reported(tmp_path: Path) -> None:
    with pytest.raises(DocqaError, match="does not exist"):
        load(tmp_path / "nowhere.pdf")
    if os.geteuid() == 0:
        return  # Root can read any file.
    file = tmp_path / "a.txt"
    file.write_text("x", encoding="utf-8")
    file.chmod(0)
    with pytest.raises(DocqaError, match="permission denied"):
        load(file)


def test_a_folder_stands_for_the_supported_files_in_it(tmp_path: Path) -> None:
    for name in ("b.txt", "a.PDF", "c.docx", "deep/er/d.md", ".git/e.txt", "README"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", encoding="utf-8")
    (tmp_path / "deep" / "loop").symlink_to(tmp_path)
    found = [Path(str(path)).relative_to(tmp_path).as_posix() for path in expand([tmp_path, tmp_path / "b.txt"])]
    assert found == ["a.PDF", "b.txt", "deep/er/d.md"]


def test_an_empty_folder_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    error, path = expand([tmp_path / "empty", tmp_path / "a.txt"])
    assert isinstance(error, DocqaError)
    assert "no supported files" in error.message
    assert path == str(tmp_path / "a.txt")


needs_posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no FIFOs, and symlinks need a privilege")


@needs_posix
def test_pipes_sockets_and_devices_are_skipped_in_a_folder_and_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    (tmp_path / "folder.txt").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "null.txt").symlink_to(os.devnull)
    with socket.socket(socket.AF_UNIX) as server, chdir(tmp_path):
        server.bind("socket.txt")
    assert list(expand([tmp_path])) == [str(tmp_path / "a.txt")]
    for name, kind in (("pipe.txt", "a named pipe"), ("socket.txt", "a socket"), ("null.txt", "a device")):
        with pytest.raises(DocqaError, match=f"{name} is {kind}, not a file"):
            read(str(tmp_path / name))


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="process substitution needs /dev/fd")
def test_process_substitution_is_read() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"The boat is moored at dock seven.")
    os.close(writing)
    assert read(f"/dev/fd/{reading}").data == b"The boat is moored at dock seven."
    os.close(reading)


@needs_posix
def test_broken_links_and_loops_stop_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    (tmp_path / "gone.txt").symlink_to("nowhere.txt")
    (tmp_path / "self.txt").symlink_to("self.txt")
    assert list(expand([tmp_path])) == [str(tmp_path / name) for name in ("a.txt", "gone.txt", "self.txt")]
    with pytest.raises(DocqaError, match=r"gone\.txt does not exist"):
        read(str(tmp_path / "gone.txt"))
    with pytest.raises(DocqaError, match=r"self\.txt can't be read: too many levels of symbolic links"):
        read(str(tmp_path / "self.txt"))


@pytest.mark.parametrize(("path", "message"), [("x" * 300, "the name is too long"), ("a\0b", "is not a path")])
def test_what_can_be_no_path_is_reported(path: str, message: str) -> None:
    assert list(expand([path, "a.txt"])) == [path, "a.txt"]
    with pytest.raises(DocqaError, match=message) as failure:
        read(path)
    assert failure.value.hint


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root can read any folder")
def test_an_unreadable_folder_is_reported_and_stops_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir()
    (tmp_path / "z.txt").write_text("x", encoding="utf-8")
    (tmp_path / "locked").chmod(0)
    try:
        error, path = expand([tmp_path])
    finally:
        (tmp_path / "locked").chmod(0o700)
    assert "locked can't be read: permission denied" in str(error)
    assert path == str(tmp_path / "z.txt")


@pytest.mark.skipif(not (SHARED / "pdfs").is_dir(), reason="the shared PDFs are not next to this checkout")
def test_real_pdfs_open_or_are_refused_with_a_message() -> None:
    opened = refused = 0
    for file in sorted((SHARED / "pdfs").glob("*.pdf")):
        try:
            document = load(file)
        except DocqaError as refusal:
            assert refusal.message.endswith((".", ")")) or refusal.hint
            refused += 1
        else:
            assert document.text.isprintable() or document.text.strip()
            assert len(document.lines) > 0
            opened += 1
    assert (opened, refused) == (12, 2)
