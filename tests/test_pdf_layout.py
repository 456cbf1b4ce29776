"""What a person sees on a PDF's pages, as blocks in reading order."""

from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas
from support.drawn import Text, draw_pages, edited

from docqa.documents import Document, parse, read
from docqa.documents.pdf.engines import TextFragment
from docqa.documents.pdf.runs import runs


def parsed(tmp_path: Path, *pages: list[Text]) -> Document:
    return parse(read(str(draw_pages(tmp_path / "a.pdf", pages))))


def blocks(document: Document, *kinds: str) -> list[str]:
    """Texts of the document's blocks, or of those of some kinds."""
    return [
        " ".join(document.text[block.start : block.end].split())
        for block in document.blocks
        if not kinds or block.kind in kinds
    ]


def column(x: float, y: float, *lines: str, size: float = 11, font: str = "Times-Roman") -> list[Text]:
    return [Text(y + 1.2 * size * number, line, x, size, font) for number, line in enumerate(lines)]


def interleaved(*columns: list[Text]) -> list[Text]:
    """Columns as a report generator draws them: row by row."""
    return [line for row in zip(*columns, strict=True) for line in row]


BAKERY = [
    "The bakery in Ferry Street was",
    "opened by Odile Marchand in the",
    "spring of 1911. She sold it to",
    "her nephew.",
]
BREWERY = ["The brewery on the hill was", "founded by two brothers from", "Bremen in 1874, and it closed", "in 1968."]
CINEMA = [
    "The cinema called Apollo had",
    "four hundred seats. It burned",
    "down on 9 November 1953, and",
    "was never rebuilt.",
]
MILL = ["than in the brewery on the hill, and that the", "millers were ill more often than the brewers."]


@pytest.mark.parametrize("shift", [0, 6])
def test_three_columns_are_read_one_after_the_other(tmp_path: Path, shift: float) -> None:
    page = interleaved(column(50, 135, *BAKERY), column(220, 135 + shift, *BREWERY), column(390, 135, *CINEMA))
    assert blocks(parsed(tmp_path, page)) == [" ".join(texts) for texts in (BAKERY, BREWERY, CINEMA)]


def test_a_title_across_columns_comes_before_them(tmp_path: Path) -> None:
    title = [Text(90, "Three houses of the town, and what became of each of them", 60, 18)]
    page = [*column(60, 135, *BAKERY), *column(320, 135, *BREWERY), *title]
    document = parsed(tmp_path, page)
    assert blocks(document) == [title[0].text, " ".join(BAKERY), " ".join(BREWERY)]
    assert blocks(document, "heading") == [title[0].text]


def test_labels_that_are_drawn_first_have_their_values(tmp_path: Path) -> None:
    labels = column(60, 100, "Invoice number:", "Ordered by:", "Payment due:", "Carrier:")
    values = column(200, 100, "RK-20417", "Petra Lindqvist", "16 March 2023", "Northern Line")
    text = parsed(tmp_path, [*labels, *values]).text
    assert "Ordered by:  Petra Lindqvist" in text
    assert "Payment due:  16 March 2023" in text


def test_a_number_that_begins_a_line_of_a_sentence_is_no_item(tmp_path: Path) -> None:
    clause = column(
        60,
        100,
        "The members present form a quorum if they hold at least one fifth, that is twenty percent, and no fewer than",
        "(10) members of the society are in the room when the vote is taken by the secretary of the society or by a",
        "member whom it named.",
    )
    assert len(blocks(parsed(tmp_path, clause))) == 1


def test_items_are_blocks_with_their_wrapped_lines(tmp_path: Path) -> None:
    page = [
        *column(60, 100, "Bring to the meeting of the society:"),
        *column(
            60, 120, "1. the list of all the members who paid their dues in the year before, in the order in which"
        ),
        *column(75, 133, "they paid them;"),
        *column(60, 146, "2. the keys."),
        *column(75, 159, "• both of them"),
    ]
    document = parsed(tmp_path, page)
    assert blocks(document, "list_item") == [
        "1. the list of all the members who paid their dues in the year before, in the order in which they paid them;",
        "2. the keys.",
        "• both of them",
    ]
    assert [block.level for block in document.blocks if block.kind == "list_item"] == [0, 0, 1]


def test_a_bold_line_is_a_heading_and_a_bold_word_is_not(tmp_path: Path) -> None:
    page = [
        *column(60, 100, "Opening hours", font="Times-Bold"),
        *column(60, 113, "The office is open from nine to noon on every working day but the first of the month, when"),
        *column(60, 126, "the accounts are made up."),
    ]
    document = parsed(tmp_path, page)
    assert blocks(document, "heading") == ["Opening hours"]
    assert len(blocks(document, "paragraph")) == 1


def test_a_caption_does_not_divide_a_sentence(tmp_path: Path) -> None:
    left = [*BAKERY[:3], "her nephew, who"]
    caption = column(320, 135, "Figure 4. The bakery in 1912.", size=9)
    right = column(320, 170, "closed it in the year in which", "the railway came to the town.")
    document = parsed(tmp_path, [*column(60, 135, *left), *caption, *right])
    assert blocks(document, "paragraph") == [
        " ".join([*left, "closed it in the year in which", "the railway came to the town."])
    ]
    assert blocks(document, "caption") == ["Figure 4. The bakery in 1912."]


def test_labels_of_a_chart_stand_apart(tmp_path: Path) -> None:
    axis = [Text(120 + 20 * number, str(40 - 10 * number), 80, 8) for number in range(4)]
    page = [
        *column(60, 80, "The catch of herring fell in all of the years that the society has counted."),
        *axis,
        Text(205, "1911", 120, 8),
        Text(205, "1912", 200, 8),
        *column(60, 230, "Figure 1. Herring, in tons."),
        *column(60, 260, "Nobody knows the reason, though the fishermen had many, and told them all."),
    ]
    document = parsed(tmp_path, page)
    assert "40" in blocks(document, "figure")
    assert "1911" not in document.text[: document.body_end]
    assert "Figure 1. Herring, in tons." in document.text[: document.body_end]


def test_a_superscript_is_set_apart_from_the_number_before_it(tmp_path: Path) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), pagesize=A4)
    text = sheet.beginText(60, 700)
    for part, size, rise in [
        ("The mill employed 420", 11, 0),
        ("3", 7, 4),
        (" people and filled 10", 11, 0),
        ("6", 7, 4),
    ]:
        text.setFont("Times-Roman", size)
        text.setRise(rise)
        text.textOut(part)
    sheet.drawText(text)
    sheet.save()
    assert parse(read(str(tmp_path / "a.pdf"))).text == "The mill employed 420³ people and filled 10⁶"


def test_slanted_text_over_a_sentence_does_not_cut_it(tmp_path: Path) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), pagesize=A4)
    sheet.setFont("Times-Roman", 11)
    sheet.drawString(60, 700, "The purchaser shall pay the sum of ninety thousand francs to the vendor not later")
    sheet.setFont("Helvetica-Bold", 72)
    sheet.translate(200, 600)
    sheet.rotate(45)
    sheet.drawString(0, 0, "DRAFT")
    sheet.rotate(-45)
    sheet.translate(-200, -600)
    sheet.setFont("Times-Roman", 11)
    sheet.drawString(60, 687, "than the first day of April.")
    sheet.save()
    document = parse(read(str(tmp_path / "a.pdf")))
    assert document.text[: document.body_end].endswith("to the vendor not later than the first day of April.")
    assert blocks(document, "watermark") == ["DRAFT"]


def test_text_outside_the_visible_page_is_not_there(tmp_path: Path) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), pagesize=(800, 600), cropBox=(0, 0, 400, 600))
    sheet.drawString(60, 500, "The visible sheet")
    sheet.drawString(460, 500, "The sheet beside it")
    sheet.save()
    assert parse(read(str(tmp_path / "a.pdf"))).text == "The visible sheet"


def test_a_table_over_a_page_end_is_one_with_its_headings_once(tmp_path: Path) -> None:
    def rows(first: int, last: int) -> list[list[str]]:
        return [[f"Vessel {number}", str(1800 + number), f"{number * 7}.5"] for number in range(first, last)]

    heading = ["Name", "Built", "Tons"]
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), pagesize=A4)
    for number, page in enumerate([rows(1, 8), rows(8, 13)]):
        top = 120 if number == 0 else 780
        for index, row in enumerate([heading, *page]):
            sheet.setFont("Times-Bold" if index == 0 else "Times-Roman", 11)
            y = top + (18 * 8 if number == 0 else 0) - 18 * index
            for place, cell in zip((60, 220, 320), row, strict=True):
                sheet.drawString(place + 4, y - 13, cell)
            for place, width in ((60, 160), (220, 100), (320, 100)):
                sheet.rect(place, y - 18, width, 18)
        sheet.showPage()
    sheet.save()
    document = parse(read(str(tmp_path / "a.pdf")))
    (table,) = document.tables
    assert table.grid(document.text) == [heading, *rows(1, 13)]
    cell = table.cell_at(document.text.index("63.5"))
    assert cell is not None
    assert [document.text[c.start : c.end] for c in table.column_headings(cell)] == ["Tons"]
    assert [document.text[c.start : c.end] for c in table.row_headings(cell)] == ["Vessel 9"]
    assert document.locate(cell.start, cell.end).page == 2


ENERGY = ["The energy of the wave that comes ashore", "in the bay is given by the equation"]


def test_a_formula_is_neither_a_field_nor_a_part_of_the_text(tmp_path: Path) -> None:
    pieces = [Text(140, "E = c", 130, 11, "Times-Roman"), Text(140, "+ g h", 190, 11, "Times-Roman")]
    rest = [Text(152, "k", 150, 11, "Times-Roman"), Text(152, "(4)", 260, 11, "Times-Roman")]
    after = column(60, 180, "In it the height is that of the crest above", "the trough, and the depth is constant.")
    document = parsed(tmp_path, [*column(60, 100, *ENERGY), *pieces, *rest, *after])
    assert blocks(document, "paragraph") == [" ".join(ENERGY), " ".join(line.text for line in after)]
    assert blocks(document, "formula") == ["E = c + g h k (4)"]
    assert not blocks(document, "field")


def test_sample_sizes_are_no_formulas(tmp_path: Path) -> None:
    page = [*column(60, 100, *ENERGY), *column(60, 160, "(n = 176)")]
    assert not blocks(parsed(tmp_path, page), "formula")


def test_a_bullet_goes_on_in_italics_below_its_text(tmp_path: Path) -> None:
    item = [
        *column(60, 100, "• The charity must be certified for the year of the gift."),
        *column(67, 113.2, "For more information, see page 1 of the instructions.", font="Times-Italic"),
        *column(
            60, 126.4, "• Gifts of both spouses are added, even where they file on their own, and are claimed once."
        ),
    ]
    assert [text[:7] for text in blocks(parsed(tmp_path, item))] == ["• The c", "• Gifts"]


def test_a_sentence_goes_on_past_the_numbers_of_an_axis(tmp_path: Path) -> None:
    left = column(
        60, 600, "The figure shows that the nitrous oxide can be injected", "until it is spent; the figure shows"
    )
    axis = [*column(330, 80, "20"), *column(330, 110, "16"), *column(330, 140, "12")]
    right = column(330, 200, "that the fuel remaining at the test point would be", "at its maximum.")
    document = parsed(tmp_path, [*left, *axis, *right])
    assert " ".join(line.text for line in (*left, *right)) in blocks(document)


def test_notes_of_two_columns_begin_with_their_marks(tmp_path: Path) -> None:
    body = [*column(60, 80, *BAKERY * 12), *column(320, 80, *BREWERY * 12)]
    left = column(
        60, 720, "11 See the report of Greene on the bakeries.", "12 See the table of the guild of 1911.", size=7
    )
    right = column(320, 716, "13 The cinema is described in a letter.", size=7)
    notes = blocks(parsed(tmp_path, [*body, *left, *right]), "footnote")
    assert notes == [line.text for line in (*left, *right)]


def test_notes_below_a_table_are_footnotes_and_divide_no_sentence(tmp_path: Path) -> None:
    rows = [("Town", "1911", "1954"), ("Bremen", "18.6", "18.7"), ("Lund", "17.9", "17.4"), ("Turku", "20.1", "19.8")]
    first = column(60, 80, *BAKERY * 4, "In the year of the census the", "bakery had been taken over by")
    table = [
        Text(80 + 14 * number, cell, x, 9, "Times-Roman")
        for number, row in enumerate(rows)
        for cell, x in zip(row, (60, 170, 240), strict=True)
    ]
    notes = column(60, 138, "– Represents zero.", "* Denotes a difference.", "Source: the census of 1954.", size=7)
    second = column(60, 190, "the guild of the town, which sold", "it to the brewery in the spring.")
    document = parsed(tmp_path, first, [*table, *notes, *second])
    assert blocks(document, "footnote") == [note.text for note in notes]
    assert any("taken over by the guild" in text for text in blocks(document, "paragraph"))


def test_a_line_of_a_slightly_larger_font_stays_in_its_sentence(tmp_path: Path) -> None:
    lines = [
        "The search terms were chosen by the",
        "two librarians of the clinic, who had",
        "the words of the earlier survey, and",
    ]
    page = [
        *column(60, 100, *lines, size=10),
        Text(136, "those of the report on it as given by", 60, 10.9, "Times-Roman"),
        *column(60, 148, "the editors of the handbook in 1998."),
    ]
    width = [*column(60, 170, *BAKERY, size=10)]
    assert "survey, and those of" in parsed(tmp_path, [*page, *width]).text


def test_an_address_in_a_typewriter_font_stays_in_its_sentence(tmp_path: Path) -> None:
    page = [
        *column(60, 100, "• The slides of the first lecture are kept with those of all others at", size=10),
        Text(112, "https://example.org/course/day7/slides/pdf/day7.pd", 67, 10, "Courier"),
        *column(67, 124, "and the notes on them are in the same folder of the course.", size=10),
    ]
    assert len(blocks(parsed(tmp_path, page))) == 1


def test_a_subscript_at_the_end_of_a_line_cuts_no_sentence(tmp_path: Path) -> None:
    lines = ["The report of the mill shows that in all of", "its rooms there was more CO", *MILL]
    path, sheet = tmp_path / "a.pdf", canvas.Canvas(str(tmp_path / "a.pdf"), pagesize=A4, invariant=1)
    for number, line in enumerate(lines):
        text = sheet.beginText(60, A4[1] - 100 - 13 * number)
        text.setFont("Times-Roman", 11)
        text.textOut(line)
        if number == 1:
            text.setRise(-2)
            text.setFont("Times-Roman", 6)
            text.textOut("2")
        sheet.drawText(text)
    sheet.save()
    assert blocks(parse(read(str(path)))) == [" ".join([lines[0], f"{lines[1]}2", *MILL])]


def test_a_font_whose_box_is_far_higher_than_its_letters_is_no_larger_type(tmp_path: Path) -> None:
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    title = Text(160, "Three houses of the town", 60, 20)
    page = [*column(60, 80, *BAKERY, font="Vera"), title, *column(60, 200, *BREWERY, font="Vera")]

    def make_high(writer: PdfWriter) -> None:
        for index in range(1, len(writer._objects) + 1):
            font = writer.get_object(index)
            if isinstance(font, DictionaryObject) and font.get("/Type") == "/FontDescriptor":
                font[NameObject("/FontBBox")] = ArrayObject(map(NumberObject, (-1500, -2464, 2868, 3117)))
                font[NameObject("/Ascent")], font[NameObject("/Descent")] = NumberObject(3117), NumberObject(-2464)

    document = parse(read(str(edited(draw_pages(tmp_path / "a.pdf", [page]), make_high))))
    assert blocks(document) == [" ".join(BAKERY), title.text, " ".join(BREWERY)]
    assert blocks(document, "heading") == [title.text]


def test_lines_closer_than_elsewhere_are_divided_by_a_gap_that_is_usual_elsewhere(tmp_path: Path) -> None:
    wide = [Text(80 + 26 * number, line, 60) for number, line in enumerate(BAKERY * 6)]
    names = [
        "Odile Marchand, Ferry Street bakery",
        "Arne Holm, the brewery on the hill,",
        "Ida Holm, the same house in Bremen",
    ]
    close = [*column(60, 100, *names), Text(156, "Members of the second board:"), *column(60, 170, *names)]
    texts = blocks(parsed(tmp_path, wide, wide, close))
    assert texts[-2:] == [" ".join(names), f"Members of the second board: {' '.join(names)}"]


def test_a_paragraph_set_wider_than_the_rest_is_one(tmp_path: Path) -> None:
    close = [line for number in range(8) for line in column(60, 80 + 80 * number, *BAKERY)]
    lines = [
        "The connector gives access to the signals of the board and can",
        "provide power to other boards that need no more than a little.",
        "Marchand boards that need more than that are best fed from the",
        "supply rails of a second source, which the makers of them sell",
        "and mend.",
    ]
    wide = [Text(100 + 21 * number, line) for number, line in enumerate(lines)]
    assert blocks(parsed(tmp_path, close, close, wide))[-1] == " ".join(lines)


def test_a_title_that_cannot_end_goes_on_in_the_next_line(tmp_path: Path) -> None:
    title = [Text(60, "The Bylaws of", 230, 15, "Times-Bold"), Text(88, "the Harbour in Bremen", 205, 15, "Times-Bold")]
    assert blocks(parsed(tmp_path, [*title, *column(60, 140, *BAKERY)]), "heading") == [
        "The Bylaws of the Harbour in Bremen"
    ]


def test_a_letterhead_is_read_from_the_top(tmp_path: Path) -> None:
    page = [
        Text(60, "Holm & Sons", 60, 30, "Times-Bold"),
        Text(60, "Statement", 400, 30, "Times-Bold"),
        Text(90, "Date: 9 October 1911", 430),
        Text(130, "Sold to Odile Marchand", 60),
        Text(145, "Ferry Street 7", 60),
        Text(330, "Total: $12.50", 430),
        Text(380, "We thank you for your order.", 60),
    ]
    assert blocks(parsed(tmp_path, page)) == [
        "Holm & Sons",
        "Statement",
        "Date: 9 October 1911",
        "Sold to Odile Marchand Ferry Street 7",
        "Total: $12.50",
        "We thank you for your order.",
    ]


def test_a_title_goes_on_past_its_colon_in_the_next_column(tmp_path: Path) -> None:
    left = [
        *column(60, 600, "8. Holm A: The brewery on the hill. J Beer 1911, 7:4-9."),
        *column(60, 613.2, "9. Marchand O, Holm A: The bakery in Ferry Street:"),
    ]
    right = column(
        330, 80, "results of a survey of the hill. J Bread 1912, 8:5-7.", "10. Holm I: The mill. J Flour 1913."
    )
    assert f"{left[-1].text} {right[0].text}" in blocks(parsed(tmp_path, [*left, *right]))


def fragment(text: str, x: float, row: int, raised: bool = False) -> TextFragment:
    top = 100 + 13.0 * row
    return TextFragment(
        text, x, top, x + 5 * len(text), top + (4 if raised else 9), 11, row, False, raised, False, False
    )


def test_small_and_nameless_bullets_are_bullets() -> None:
    small = [fragment("● ", 60, 0, raised=True), fragment("ten casks of ale", 72, 0)]
    nameless = [fragment("\x01 eight casks of ale", 60, 1)]
    assert [run.text for run in runs([*small, *nameless])] == ["● ten casks of ale", "• eight casks of ale"]


@pytest.mark.parametrize(
    "lines",
    [
        (
            "[17] The annals of the brewers, by J. Soria, D. Marchand, and",
            "S. Martin, the second and the fourth editions.",
        ),
        (
            "3. The casks are counted by the master on every Friday night.",
            "He tells the guild of what is missing after that.",
        ),
        (
            "15. The guild of 1911 on the brewers of the town: “Ale and its",
            "brewers in the years of the dearth,” in two volumes.",
        ),
    ],
)
def test_the_second_line_of_an_item_belongs_to_it(tmp_path: Path, lines: tuple[str, str]) -> None:
    indent = 60 + stringWidth(lines[0].split(" ")[0] + " ", "Times-Roman", 11)
    page = [Text(100, lines[0]), Text(113, lines[1], indent), *column(60, 160, *BAKERY)]
    assert blocks(parsed(tmp_path, page), "list_item") == [" ".join(lines)]


@pytest.mark.parametrize(
    "text", ["42.7 percent of the brewers were men of the town.", "M. Marchand had the bakery then, and not his wife."]
)
def test_a_decimal_and_an_initial_are_no_marks_of_items(tmp_path: Path, text: str) -> None:
    assert blocks(parsed(tmp_path, column(60, 100, text)), "paragraph") == [text]


def test_numbered_titles_in_capitals_are_headings_and_addresses_are_not(tmp_path: Path) -> None:
    page = [
        *column(60, 80, "II. THE HOUSES OF THE TOWN"),
        *column(60, 110, *BAKERY),
        Text(190, "https://example.org/houses", 60, 14),
        *column(60, 220, *BREWERY),
    ]
    assert blocks(parsed(tmp_path, page), "heading") == ["II. THE HOUSES OF THE TOWN"]


def test_labels_of_a_figure_over_both_columns_divide_no_sentence(tmp_path: Path) -> None:
    labels = [
        *column(90, 100, "Width: 55 ft", size=8, font="Helvetica-Bold"),
        *column(120, 150, "Rudder", size=8, font="Helvetica-Bold"),
        *column(470, 120, "Chine", size=8, font="Helvetica-Bold"),
        *column(500, 180, "950041", size=6),
    ]
    caption = Text(230, "FIGURE 3. GENERAL ARRANGEMENT OF THE SHIP", 180, 9, "Helvetica")
    left = column(60, 260, *BAKERY, *BREWERY[:2], "that the guild of the town had")
    right = column(320, 260, "bought from the duke and his", "brother.", *CINEMA)
    document = parsed(tmp_path, [*labels, caption, *left, *right])
    assert any("that the guild of the town had bought from the duke" in text for text in blocks(document))
    assert sorted(blocks(document, "figure")) == sorted(label.text for label in labels)


def test_a_licence_at_a_columns_end_divides_no_sentence(tmp_path: Path) -> None:
    left = column(60, 80, *BAKERY, "In the year of the census the", "bakery had been taken over by")
    licence = column(60, 700, "Permission to copy is granted without fee.", "Guild ’54, Bremen.", size=7)
    right = column(320, 80, "the guild of the town, which sold", "it to the brewery in the spring.", *CINEMA)
    document = parsed(tmp_path, [*left, *licence, *right])
    assert any("taken over by the guild" in text for text in blocks(document, "paragraph"))
    assert "Permission" in " ".join(blocks(document, "footnote"))


def test_two_titles_at_the_edges_of_a_line_are_two_blocks(tmp_path: Path) -> None:
    page = [Text(80, "REVIEW", 60, 11, "Helvetica-Bold"), Text(80, "Open Access", 470, 11, "Helvetica-Bold")]
    assert blocks(parsed(tmp_path, [*page, *column(60, 130, *BAKERY)]))[:2] == ["REVIEW", "Open Access"]


def test_a_line_of_two_long_words_stretched_far_apart_stays_in_its_sentence(tmp_path: Path) -> None:
    lines = [
        "the measures that the guild has taken can be found at",
        "https://example.org/policies",
        "https://example.org/rules, and in the annals of 1911.",
    ]
    right = 60 + stringWidth(lines[0], "Times-Roman", 11)
    last = Text(113.2, "and", right - stringWidth("and", "Times-Roman", 11))
    page = [Text(100, lines[0]), Text(113.2, lines[1]), last, Text(126.4, lines[2])]
    assert blocks(parsed(tmp_path, page)) == [f"{lines[0]} {lines[1]} and {lines[2]}"]


def test_the_source_of_a_figure_is_apart_and_its_axis_too(tmp_path: Path) -> None:
    months = [
        Text(300, month, 100 + 60 * index, 7) for index, month in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun"))
    ]
    axis = [Text(140 + 40 * index, number, 70, 7) for index, number in enumerate(("900", "600", "300", "0"))]
    page = [
        *column(60, 100, "Figure 4. Casks of ale that were sold by month", size=10),
        *axis,
        *months,
        *column(60, 330, "Source: the census of the guild.", size=7),
        *column(60, 370, *BAKERY),
    ]
    document = parsed(tmp_path, page)
    assert blocks(document, "footnote") == ["Source: the census of the guild."]
    assert blocks(document, "caption", "paragraph", "field") == [page[0].text, " ".join(BAKERY)]


def test_a_title_comes_before_a_heading_on_the_left_below_it(tmp_path: Path) -> None:
    page = [
        Text(80, "Abstract", 60, 14),
        Text(60, "Two houses", 220, 18),
        *column(60, 110, *BAKERY),
        *column(330, 110, *BREWERY),
    ]
    assert blocks(parsed(tmp_path, page))[:2] == ["Two houses", "Abstract"]


def test_an_address_and_a_date_beside_it_are_two_blocks(tmp_path: Path) -> None:
    page = [*column(60, 80, "The Guild of the Town", "12 Ferry Street"), *column(420, 80, "April 6, 1911", "Bremen")]
    texts = blocks(parsed(tmp_path, [*page, *column(60, 160, *BAKERY)]))
    assert not any("Street April" in text for text in texts)


def test_a_title_beside_the_narrow_end_of_a_column_is_no_part_of_its_lines(tmp_path: Path) -> None:
    wide = [f"{first} {second}" for first, second in zip(BAKERY[:3] * 2, CINEMA[:3] * 2, strict=True)]
    narrow = [
        "It went to a cousin of hers who",
        "baked in it for twenty years and",
        "kept its oven in good order",
        "and then",
    ]
    narrow += ["sold all of it to the town for", "the price of a barn."]
    page = [
        *column(60, 80, *wide, *narrow),
        Text(80 + 1.2 * 11 * 9, "Two dates", 250),
        *column(250, 80 + 1.2 * 11 * 11, "It was opened in", "the spring of 1911."),
    ]
    texts = blocks(parsed(tmp_path, page))
    assert texts[0] == " ".join([*wide, *narrow])
    assert texts[1] == "Two dates"


def test_a_term_is_read_before_its_paragraph(tmp_path: Path) -> None:
    page: list[Text] = []
    for number, (term, lines) in enumerate({"baker": BAKERY, "brewer": BREWERY, "owner": CINEMA}.items()):
        first, *others = column(130, 80 + 80 * number, *lines)
        page += [Text(first.y, term, 60), first, *others]
    terms = [" ".join([term, *lines]) for term, lines in (("baker", BAKERY), ("brewer", BREWERY), ("owner", CINEMA))]
    assert blocks(parsed(tmp_path, page)) == terms


def test_a_bold_title_as_wide_as_the_column_is_a_heading(tmp_path: Path) -> None:
    title = "Three houses of the town, and what became of them in the end"
    text = [
        "The bakery in Ferry Street was opened by Odile Marchand in the",
        "spring of 1911. She sold it to her nephew.",
    ]
    page = [*column(60, 80, title, font="Times-Bold"), *column(60, 93.2, *text)]
    document = parsed(tmp_path, [*page, *column(60, 140, *text * 2)])
    assert blocks(document, "heading") == [title]


def test_bold_words_at_the_beginning_of_a_sentence_are_no_heading(tmp_path: Path) -> None:
    bold = "On the days of the two fairs of the town no house may sell bread to"
    page = [*column(60, 80, bold, font="Times-Bold"), *column(60, 93.2, "Bremen or to the villages around it.")]
    text = [
        "The bakery in Ferry Street was opened by Odile Marchand in the",
        "spring of 1911. She sold it to her nephew.",
    ]
    document = parsed(tmp_path, [*page, *column(60, 140, *text * 2)])
    assert blocks(document, "heading") == []


@pytest.mark.parametrize(
    ("name", "kind"), [("Junicode", "paragraph"), ("MonotypeCorsiva", "paragraph"), ("Hack-Code", "code")]
)
def test_a_font_is_that_of_code_by_its_name_if_the_name_says_so(tmp_path: Path, name: str, kind: str) -> None:
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))

    def rename(writer: PdfWriter) -> None:
        for index in range(1, len(writer._objects) + 1):
            font = writer.get_object(index)
            if isinstance(font, DictionaryObject) and font.get("/Type") in {"/Font", "/FontDescriptor"}:
                key = "/BaseFont" if font["/Type"] == "/Font" else "/FontName"
                font[NameObject(key)] = NameObject(f"/ABCDEF+{name}")

    path = edited(draw_pages(tmp_path / "a.pdf", [column(60, 80, *BAKERY, font="Vera")]), rename)
    assert [block.kind for block in parse(read(str(path))).blocks] == [kind]


def test_long_comments_do_not_make_the_text_large(tmp_path: Path) -> None:
    def comment(writer: PdfWriter) -> None:
        note = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/Text"),
                NameObject("/Rect"): ArrayObject(map(NumberObject, (10, 10, 30, 30))),
                NameObject("/Contents"): TextStringObject(" ".join(CINEMA * 5)),
            }
        )
        writer.add_annotation(0, note)

    page = [
        *column(60, 80, *BAKERY),
        *column(60, 160, "Orders are to be sent to the house."),
        *column(60, 200, *BREWERY),
    ]
    document = parse(read(str(edited(draw_pages(tmp_path / "a.pdf", [page]), comment))))
    assert blocks(document, "heading") == []


def code(x: float, y: float, *lines: str) -> list[Text]:
    return column(x, y, *lines, size=10, font="Courier")


def test_code_with_comments_in_a_second_column_is_one_block(tmp_path: Path) -> None:
    left = [*code(60, 80, "vector:"), *code(72, 92, "lw t1, 0(t0)", "jr t1")]
    right = code(240, 80, "// interrupts start here", "// the address", "// go there")
    rows = ["vector:", "// interrupts start here", "lw t1, 0(t0)", "// the address", "jr t1", "// go there"]
    for page in ([*left, *right], interleaved(left, right)):
        document = parsed(tmp_path, page)
        assert blocks(document, "code") == [" ".join(rows)] == blocks(document)
        assert document.text.count("\n") == 2
        first, *others = (line.index("//") for line in document.text.splitlines())
        assert all(abs(other - first) <= 1 for other in others)


def test_code_that_begins_right_of_the_line_above_is_one_block(tmp_path: Path) -> None:
    lines = [*code(60, 80, "beam.add(("), *code(121, 92, "Point(10, 3),", "Load(-20, 3),"), *code(108, 116, "))")]
    assert len(blocks(parsed(tmp_path, [*lines, *code(60, 128, "figure = beam.plot()")]))) == 1


def test_titles_in_another_font_and_smaller_type_are_headings(tmp_path: Path) -> None:
    page: list[Text] = []
    for number, (title, lines) in enumerate({"Bread": BAKERY, "Beer": BREWERY, "Films": CINEMA}.items()):
        page += [Text(80 + 90 * number, title, 60, 10, "Helvetica"), *column(60, 92 + 90 * number, *lines)]
    assert blocks(parsed(tmp_path, page), "heading") == ["Bread", "Beer", "Films"]


def test_a_label_with_its_value_in_capitals_is_no_heading(tmp_path: Path) -> None:
    page = [*column(60, 80, *BAKERY), *column(60, 160, "DUE DATE: 12/15/2019"), *column(60, 200, *BREWERY)]
    assert blocks(parsed(tmp_path, page), "heading") == []


def test_white_text_on_the_page_is_not_read_but_white_text_on_a_bar_is(tmp_path: Path) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), pagesize=A4, invariant=1)
    sheet.setFillGray(1)
    sheet.rect(0, 0, *A4, stroke=0, fill=1)
    for y, number in ((700, "Table 5."), (686, "Table 5.—"), (672, "Table 5.—")):
        sheet.setFillGray(0 if y == 700 else 1)
        sheet.drawString(72, y, number)
    sheet.setFillGray(0)
    for y, line in (
        (700, "Nests of the herons on the lower river, by"),
        (686, "bank and by year,"),
        (672, "as counted"),
    ):
        sheet.drawString(130, y, line)
    sheet.rect(72, 590, 400, 30, stroke=0, fill=1)
    sheet.setFillGray(1)
    sheet.drawString(80, 600, "Harbour office")
    sheet.save()
    document = parse(read(str(tmp_path / "a.pdf")))
    assert blocks(document) == [
        "Table 5. Nests of the herons on the lower river, by bank and by year, as counted",
        "Harbour office",
    ]


def test_an_address_over_two_lines_is_no_heading(tmp_path: Path) -> None:
    address = ["https://example.org/OpenChain-Project/Reference-", "Material/tree/master/Training-Slides/Official"]
    page = [*column(60, 80, *BAKERY), *column(60, 160, *address, font="Helvetica"), *column(60, 220, *BREWERY)]
    document = parsed(tmp_path, page)
    assert blocks(document, "heading") == []
    assert "".join(address) in document.text


def test_labels_with_their_values_below_each_other_are_no_headings(tmp_path: Path) -> None:
    labels = ["DUE DATE: 12/15/2019", "CUSTOMER NAME: MICROSOFT CORPORATION", "SERVICE PERIOD: 10/14/2019"]
    page = [*column(60, 80, *BAKERY), *(Text(160 + 20 * i, label) for i, label in enumerate(labels))]
    assert blocks(parsed(tmp_path, page), "heading") == []
    alone = [*column(60, 80, *BAKERY), *column(60, 160, "PART II: GENERAL PROVISIONS"), *column(60, 200, *BREWERY)]
    assert blocks(parsed(tmp_path, alone), "heading") == ["PART II: GENERAL PROVISIONS"]


def test_letters_of_formulas_that_word_names_twice_are_read_once() -> None:
    doubled = ["The 𝑀𝑀𝑝𝑝 and 𝐹𝐹𝑥𝑥", "are forces"]
    assert [run.text for run in runs([fragment(text, 60, i) for i, text in enumerate(doubled)])] == [
        *("The 𝑀𝑝 and 𝐹𝑥", "are forces"),
    ]
    assert runs([fragment("𝑣𝑣 is 𝑎 product of 𝑣𝑣", 60, 0)])[0].text == "𝑣𝑣 is 𝑎 product of 𝑣𝑣"
