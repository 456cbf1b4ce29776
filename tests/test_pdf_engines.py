"""The interface between a PDF library and the page layout, and the engines behind it."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from reportlab.pdfgen import canvas
from support.samples import SAMPLES

from docqa.documents import Document, Section, Source, parse, read
from docqa.documents.pdf import engines, parser
from docqa.documents.pdf.engines import ENGINES, OutlineEntry, PageContent, PdfEngine, PdfEngineError, TextFragment
from docqa.errors import DocqaError
from docqa.index_cache import document_key

PDFIUM, PYPDF = (next(engine for engine in ENGINES if engine.name == name) for name in ("PDFium", "pypdf"))


class ToyFile:
    """Two pages of synthetic text, the second one damaged."""

    page_count = 2
    title = "A toy"
    encrypted = True

    def page_labels(self) -> list[str]:
        return ["i", ""]

    def outline(self) -> list[OutlineEntry]:
        return [OutlineEntry("Herons", 0, 0, 90.0)]

    def content(self, page: int) -> PageContent | None:
        rows = ["Herons", "The oﬃce counts the herons that\x00nest", "by the river."]
        if page:
            return None
        fragments = [TextFragment(t, 72, 100 + 20 * i, 300, 110 + 20 * i, 10, i, False) for i, t in enumerate(rows)]
        return PageContent(fragments, [], 595, 842)

    def attachments(self) -> list[str]:
        return ["herons.csv"]

    def xfa(self) -> None:
        return None


@contextmanager
def open_toy(data: bytes, password: str | None) -> Iterator[ToyFile]:
    if password is None:
        raise PdfEngineError("toy: no password")
    yield ToyFile()


TOY = PdfEngine("toy", "test_pdf_engines:open_toy")


def use(monkeypatch: pytest.MonkeyPatch, *used: PdfEngine) -> None:
    monkeypatch.setattr(parser, "ENGINES", used)
    monkeypatch.setattr(engines, "ENGINES", used)


def sample() -> Document:
    return parse(read(str(SAMPLES / "harbour-report.pdf")))


def test_what_another_engine_read_is_not_taken_from_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    source = read(str(SAMPLES / "harbour-report.pdf"))
    names = {document_key(source)}
    use(monkeypatch, TOY, PDFIUM)
    names.add(document_key(source))
    use(monkeypatch, TOY._replace(version=2), PDFIUM)
    names.add(document_key(source))
    assert len(names) == 3


def test_an_engine_from_outside_gives_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, TOY)
    document = parse(Source("a.pdf", b"%PDF-%%EOF", "sesame"))
    assert " ".join(document.text.split()) == "Herons The office counts the herons that nest by the river."
    assert document.page_labels == ("i", "2")
    assert document.sections == (Section("Herons", 0, 0),)
    assert (document.title, document.encrypted) == ("A toy", True)
    assert document.warnings == (
        "page 2 is damaged and was left out",
        "has 1 attachment, which was not read: herons.csv",
    )


def test_the_next_engine_reads_what_the_first_rejects(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, TOY, PDFIUM)
    document = sample()
    assert document.warnings == ("toy can't read it; read with PDFium",)
    use(monkeypatch, PDFIUM)
    assert document.text == sample().text


def test_pypdf_reads_without_boxes_and_leaves_its_log_as_it_was(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    use(monkeypatch, PYPDF)
    logger = logging.getLogger("pypdf")
    logger.setLevel(logging.INFO)
    try:
        document = sample()
        with pytest.raises(DocqaError, match="is damaged"):
            parse(Source("a.pdf", b"%PDF-1.7\nnothing of the kind\n"))
        assert logger.level == logging.INFO
    finally:
        logger.setLevel(logging.NOTSET)
    assert "retired as Harbour Master" in document.text
    assert document.page_labels[:4] == ("i", "ii", "iii", "1")
    assert caplog.records == []


def test_pypdf_reads_the_values_of_fields_after_the_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, PYPDF)
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), invariant=1)
    sheet.drawString(72, 700, "Name")
    for name, flags in (("Boat", ""), ("Code", "password")):
        sheet.acroForm.textfield(name=name, value=f"{name} value", fieldFlags=flags, x=200, y=690, tooltip=name)
    sheet.save()
    document = parse(read(str(tmp_path / "a.pdf")))
    assert "Boat: Boat value" in document.text
    assert "Code value" not in document.text


def test_cyclic_garbage_is_collected_again_after_a_parse() -> None:
    sample()
    assert gc.isenabled()
    with pytest.raises(DocqaError):
        parse(Source("a.pdf", b"%PDF-1.7\nnothing of the kind\n"))
    assert gc.isenabled()
    gc.disable()
    try:
        sample()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_unsupported_encryption_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    sheet = canvas.Canvas(str(file), invariant=1, encrypt="sesame")
    sheet.drawString(72, 700, "The secret word is heron.")
    sheet.save()
    encrypted = file.read_bytes()
    file.write_bytes(encrypted.replace(b"/Filter /Standard", b"/Filter /Personal"))
    assert file.read_bytes() != encrypted
    with pytest.raises(DocqaError, match="is encrypted by a method that docqa does not support") as refused:
        parse(read(str(file)))
    assert "without encryption" in refused.value.hint


@pytest.mark.parametrize("password", ["wr\udcffng", "w\0", "密码"])
def test_a_password_of_any_characters_is_only_wrong(tmp_path: Path, password: str) -> None:
    file = tmp_path / "a.pdf"
    sheet = canvas.Canvas(str(file), invariant=1, encrypt="sesame")
    sheet.drawString(72, 700, "The secret word is heron.")
    sheet.save()
    with pytest.raises(DocqaError, match="does not open with this password"):
        parse(read(str(file), password))
