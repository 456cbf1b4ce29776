"""Characters as they are seen, however their glyphs and fonts have them."""

import time
from pathlib import Path

import pypdfium2_raw as pdfium
import pytest
from reportlab.pdfgen.canvas import Canvas
from support.drawn import page_contents

from docqa.documents.pdf.cleaning import clean
from docqa.documents.pdf.engines import TextFragment
from docqa.documents.pdf.pdfium_glyphs import GlyphText
from docqa.documents.pdf.runs import runs
from docqa.documents.pdf.symbols import symbol


def texts(path: Path) -> list[str]:
    (page,) = page_contents(path)
    return [run.text for run in runs(page.fragments)]


def test_an_accent_is_on_the_letter_that_it_is_drawn_over(tmp_path: Path) -> None:
    sheet = Canvas(str(tmp_path / "a.pdf"))
    sheet.drawString(72, 700, "Universite Paris-Sud")
    sheet.drawString(72 + sheet.stringWidth("Universit") + 1.3, 700, "´")
    sheet.drawString(72, 680, "Hans Sch")
    sheet.drawString(72 + sheet.stringWidth("Hans Sch") + 1.3, 680, "¨")
    sheet.drawString(72 + sheet.stringWidth("Hans Sch"), 680, "onemann")
    sheet.drawString(72, 660, "Francoise")
    sheet.drawString(72 + sheet.stringWidth("Fran") + 1.2, 660, "¸")
    sheet.drawString(72, 640, "a ´ alone and a`quoted` word")
    sheet.save()
    assert texts(tmp_path / "a.pdf") == [
        "Université Paris-Sud",
        "Hans Schönemann",
        "Françoise",
        "a ´ alone and a`quoted` word",
    ]


def test_letters_drawn_twice_hardly_aside_are_read_once(tmp_path: Path) -> None:
    sheet = Canvas(str(tmp_path / "a.pdf"))
    x = 72.0
    for letter in "Landlord: Margarethe Vogel":
        for aside in (0, 1):
            sheet.drawString(x + aside, 700, letter)
        x += sheet.stringWidth(letter)
    sheet.drawString(72, 680, "All bells will ring: off, coffee, skiing, book")
    sheet.save()
    assert texts(tmp_path / "a.pdf") == [
        "Landlord: Margarethe Vogel",
        "All bells will ring: off, coffee, skiing, book",
    ]


def test_a_text_drawn_over_another_one_keeps_the_letters_that_both_have_there(tmp_path: Path) -> None:
    sheet = Canvas(str(tmp_path / "a.pdf"))
    sheet.drawString(72, 700, "Weaverang")
    sheet.drawString(72 + sheet.stringWidth("W") - sheet.stringWidth("Coll") + 1, 700, "Collection")
    sheet.save()
    assert sorted(" ".join(texts(tmp_path / "a.pdf")).split()) == ["Collection", "Weaverang"]


def test_a_short_line_between_letters_is_an_underscore(tmp_path: Path) -> None:
    sheet = Canvas(str(tmp_path / "a.pdf"))
    for y, words in ((700, "cli_point_ran_average.cfg"), (680, "run option_name = value now"), (660, "a/b")):
        x = 72.0
        for index, word in enumerate(words.split("_")):
            if index:
                sheet.rect(x + 0.5, y - 0.8, 4.4, 0.8, fill=1, stroke=0)
                x += 5.4
            sheet.drawString(x, y, word)
            x += sheet.stringWidth(word)
    sheet.drawString(72, 640, "one two")  # A fraction's line, or one below a word, stands for no letter.
    sheet.rect(72, 637, 5, 0.8, fill=1, stroke=0)
    sheet.rect(72 + sheet.stringWidth("one") - 0.5, 643, 4.4, 0.8, fill=1, stroke=0)
    sheet.save()
    assert texts(tmp_path / "a.pdf") == ["cli_point_ran_average.cfg", "run option_name = value now", "a/b", "one two"]


def test_a_soft_hyphen_that_is_seen_is_a_hyphen(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    sheet = Canvas(str(path), pageCompression=0)
    sheet.drawString(72, 700, "raxmlHPC~AVX ~f Makefile")
    sheet.save()
    # A font whose only hyphen is the soft one, as in files of Google Docs.
    encoding = b"/Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [126 /sfthyphen] >>"
    path.write_bytes(path.read_bytes().replace(b"/Encoding /WinAnsiEncoding", encoding))
    assert texts(path) == ["raxmlHPC-AVX -f Makefile"]


@pytest.mark.parametrize(
    ("drawn", "seen"),
    [
        ("plan\u200b of no more", "plan of no more"),
        ("in\u00advisible", "invisible"),
        ("10\u2009000\u00a0km", "10 000 km"),
        ("\u202aleft\u202c to right\u200e", "left to right"),
        ("Con\x1frmed cases", "Confirmed cases"),
        ("the a\x0eected of\x01ce", "the affected office"),
        ("x\x1fz", "x z"),
        ("tab\tseparated", "tab separated"),
        ("\uf0b7 Pole bases", "• Pole bases"),
        ("()\uf8f7", "() "),
        ("👩‍🚀", "👩‍🚀"),
    ],
)
def test_text_is_as_it_is_seen(drawn: str, seen: str) -> None:
    assert clean(drawn) == seen


@pytest.mark.parametrize(
    ("text", "font", "begins", "seen"),
    [
        ("§ ", "Wingdings-Regular", True, "▪"),
        ("\uf0b7", "SymbolMT", True, "•"),
        ("\uf0b4", "Wingdings3", True, "•"),
        ("h", "Wingdings3", False, ""),
        ("\x01", "TT981o00", True, "•"),
        ("\x88 ", "", True, "•"),
        ("\x03", "MTSY", True, ""),
        ("\uf05a", "FontAwesome5Free-Solid", True, ""),
        ("\uf0fc", "Wingdings-Regular", False, "✓"),
        ("b", "Symbol", False, "β"),
        ("●", "ZapfDingbats", True, None),
        ("θ", "Symbol", True, None),
        ("§", "Times-Roman", True, None),
        ("o", "Times-Roman", True, None),
        ("ab", "Wingdings-Regular", True, None),
    ],
)
def test_a_letter_of_a_symbol_font_is_the_symbol(text: str, font: str, begins: bool, seen: str | None) -> None:
    assert symbol(text, font, begins) == seen


def test_an_o_in_type_writer_before_other_type_is_a_bullet() -> None:
    def fragment(text: str, x: float, row: int, fixed: bool) -> TextFragment:
        return TextFragment(
            text, x, 100 + 14 * row, x + 6 * len(text), 111 + 14 * row, 11, row, False, fixed_pitch=fixed
        )

    item = [fragment("o ", 72, 0, True), fragment("Privacy", 90, 0, False)]
    code = [fragment("o ", 72, 1, True), fragment("= open()", 90, 1, True)]
    assert runs([*item, *code])[0].text.startswith("•")
    assert not any("•" in run.text for run in runs(code))


@pytest.mark.parametrize(
    ("begin", "gap", "text", "seen"),
    [
        ("x ", 12, "Fixed asset review.", "• Fixed asset review."),
        ("x ", 12, "106 update.", "• 106 update."),
        ("x ", 3, "is the damping ratio.", "ξ is the damping ratio."),
        ("x", 12, "= 0.2 m", "ξ = 0.2 m"),
    ],
)
def test_a_greek_letter_far_before_words_is_a_bullet(begin: str, gap: float, text: str, seen: str) -> None:
    letter = TextFragment(begin, 72, 100, 78, 112, 12, 3, False, False, style="SymbolMT")
    words = TextFragment(text, 78 + gap, 100, 300, 112, 12, 3, False, False, style="ArialMT")
    assert " ".join(run.text for run in runs([letter, words])) == seen


def test_a_line_of_all_letters_takes_time_in_proportion(tmp_path: Path) -> None:
    def seconds(count: int) -> float:
        sheet = Canvas(str(tmp_path / "a.pdf"), pagesize=(8 * count, 100))
        sheet.drawString(20, 50, "e" * count)
        sheet.save()
        document = pdfium.FPDF_LoadDocument(str(tmp_path / "a.pdf").encode(), None)
        text_page = pdfium.FPDFText_LoadPage(pdfium.FPDF_LoadPage(document, 0))
        assert pdfium.FPDFText_CountChars(text_page) == count
        times = []
        for _ in range(3):
            began = time.process_time()
            GlyphText(text_page, "e" * count).drop_repeated(0, count, overprinted=True, runs=None)
            times.append(time.process_time() - began)
        return min(times)

    assert seconds(8000) < 9 * seconds(2000)  # 4 times; 16 if each is compared with each.
