"""Forms as they are printed: numbered lines with boxes, labels in boxes, titles, vouchers to cut off."""

from collections.abc import Callable
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen import canvas

from docqa.documents import Document, Source, parse
from docqa.documents.pdf.engines import PageContent
from docqa.documents.pdf.pdfium_engine import open_pdf
from docqa.documents.pdf.reading_order import page_lines

Draw = Callable[[canvas.Canvas], None]

RULES = (
    "The dues are paid by every boat that lies in the harbour for more than one night, whatever it carries.",
    "A boat that has paid in another harbour of the same river in this year pays half of what the table says.",
)


def drawn(draw: Draw) -> bytes:
    buffer = BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=(612, 792), invariant=1)
    draw(sheet)
    sheet.save()
    return buffer.getvalue()


def document(draw: Draw) -> Document:
    return parse(Source("form.pdf", drawn(draw)))


def printed(draw: Draw) -> PageContent:
    with open_pdf(drawn(draw), None) as file:
        content = file.content(0)
    assert content
    return content


def blocks(draw: Draw) -> list[tuple[str, str]]:
    """Kind and text of each block of a page, in order."""
    read = document(draw)
    return [(block.kind, " ".join(read.text[block.start : block.end].split())) for block in read.blocks]


def fields(draw: Draw) -> list[str]:
    return [text for kind, text in blocks(draw) if kind == "field"]


def write(sheet: canvas.Canvas, x: float, y: float, text: str, *, bold: bool = False, size: float = 9) -> None:
    sheet.setFont("Helvetica-Bold" if bold else "Helvetica", size)
    sheet.drawString(x, 792 - y, text)


def box(sheet: canvas.Canvas, x0: float, top: float, x1: float, bottom: float, *, fill: int = 0) -> None:
    sheet.setLineWidth(0.7)
    sheet.rect(x0, 792 - bottom, x1 - x0, bottom - top, fill=fill)


def leader(sheet: canvas.Canvas, y: float, text: str, x: float = 66) -> None:
    """A line whose dots end left of its box."""
    sheet.setFont("Helvetica", 9)
    dots = int((460 - x - sheet.stringWidth(text)) / sheet.stringWidth("."))
    write(sheet, x, y, text + "." * dots)


def amount(sheet: canvas.Canvas, y: float, number: str) -> None:
    """The number of a line, and the box beside it in which only the cents are printed."""
    write(sheet, 475, y, number, bold=True)
    box(sheet, 490, y - 16, 560, y + 2)
    box(sheet, 560, y - 16, 576, y + 2)
    write(sheet, 563, y, "00")


def dues(sheet: canvas.Canvas) -> None:
    write(sheet, 48, 200, "4", bold=True)
    write(sheet, 66, 200, "If more than three boats paid their dues, enter the amount from line 4h of")
    leader(sheet, 212, "the sheet for fleets, otherwise enter 0 ")
    amount(sheet, 212, "4")
    write(sheet, 48, 236, "5", bold=True)
    leader(sheet, 236, "Dues of all boats: add lines 1 through 4, column (d). ")
    amount(sheet, 236, "5")
    write(sheet, 44, 260, "6a", bold=True)
    leader(sheet, 260, "Dues of the harbour's own boats ")
    amount(sheet, 260, "6a")


def test_a_numbered_line_with_its_box_is_one_field() -> None:
    assert blocks(dues) == [
        (
            "field",
            "4 If more than three boats paid their dues, enter the amount from line 4h of the sheet for fleets, "
            "otherwise enter 0 4 00",
        ),
        ("field", "5 Dues of all boats: add lines 1 through 4, column (d). 5 00"),
        ("field", "6a Dues of the harbour's own boats 6a 00"),
    ]


def test_a_numbered_line_may_lead_to_a_blank_by_dots_right_after_its_last_word() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for number, text in (
            ("1.", "Enter the dues of last year"),
            ("2.", "Enter the dues of this year"),
            ("3.", "Add"),
        ):
            y = 100 + 24 * int(number[0])
            write(sheet, 48, y, f"{number} {text}" + ". " * (60 - len(text)))
            write(sheet, 440, y, f"{number} $___________")

    assert fields(draw) == [
        "1. Enter the dues of last year 1.",
        "2. Enter the dues of this year 2.",
        "3. Add 3.",
    ]


def test_two_numbered_lines_side_by_side_are_read_row_by_row() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for number, y, text in (("16", 200, "Tolls of the lock"), ("17", 212, "Tolls of the bridge")):
            write(sheet, 48, y, f"{number}a", bold=True)
            write(sheet, 70, y, text)
            write(sheet, 200, y, f"{number}a", bold=True)
            box(sheet, 220, y - 9, 300, y + 3)
            write(sheet, 320, y, "b", bold=True)
            write(sheet, 336, y, "Taxable tolls")
            write(sheet, 440, y, f"{number}b", bold=True)
            box(sheet, 462, y - 9, 560, y + 3)

    assert fields(draw) == [
        "16a Tolls of the lock 16a",
        "b Taxable tolls 16b",
        "17a Tolls of the bridge 17a",
        "b Taxable tolls 17b",
    ]


def test_what_stands_between_boxes_for_digits_is_no_text() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        dues(sheet)
        for x in (505, 525, 545):
            write(sheet, x, 262, ",")

    assert fields(draw)[-1] == "6a Dues of the harbour's own boats 6a 00"


_WORDS = st.sampled_from(
    ["line", "Add", "1", "2", "2.", "3", "3.", "4", "5", "5.", ". . . .", "00", "[ ]", "a", "b", "Part 1"]
)


@given(st.lists(st.tuples(st.lists(_WORDS, min_size=1, max_size=9), st.sampled_from(["", "4", "5", "6a"])), max_size=9))
@settings(deadline=None, max_examples=100)
def test_any_page_like_a_form_is_read(lines: list[tuple[list[str], str]]) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        dues(sheet)
        for at, (words, number) in enumerate(lines):
            y = 284 + 14 * at
            for place, word in enumerate(words):
                write(sheet, 48 + 44 * place, y, word)
            if number:
                amount(sheet, y, number)

    read = document(draw)
    assert {word for words, _ in lines for word in words if word.isalpha()} <= set(read.text.split())


@given(st.data(), st.sampled_from(["\u200b", "\ufeff", "\xad", "\x07"]))
@settings(deadline=None, max_examples=60)
def test_whatever_cannot_be_seen_of_a_form_no_field_is_empty(data: st.DataObject, invisible: str) -> None:
    content = printed(dues)
    hidden = data.draw(st.sets(st.sampled_from(range(len(content.fragments)))))
    left = [f._replace(text=invisible) if i in hidden else f for i, f in enumerate(content.fragments)]
    assert all(line.text.strip() for line in page_lines(content._replace(fragments=left), 1))


def test_a_line_without_a_box_is_a_field_among_the_others() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        dues(sheet)
        write(sheet, 44, 284, "6b", bold=True)
        write(sheet, 66, 284, "Say where the boat lay in winter (fill in one) ...........")
        for x, place in ((360, "Mill"), (430, "Quay")):
            write(sheet, x, 284, "[ ]")
            write(sheet, x + 14, 284, place)
        write(sheet, 48, 308, "7", bold=True)
        leader(sheet, 308, "Sum of lines 5 and 6a ")
        amount(sheet, 308, "7")

    assert fields(draw)[3].startswith("6b Say where the boat lay in winter (fill in one)")
    assert fields(draw)[4] == "7 Sum of lines 5 and 6a 7 00"


def test_contents_are_no_form() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 48, 60, "Contents", bold=True, size=14)
        for number, title in enumerate(("Boats", "Tolls", "Locks", "Bridges"), 1):
            leader(sheet, 80 + 14 * number, f"{number} {title} ", x=48)
            write(sheet, 475, 80 + 14 * number, str(number))
        for number, line in enumerate(RULES * 3):
            write(sheet, 48, 300 + 12 * number, line)

    assert fields(draw) == []


def numbered_table(sheet: canvas.Canvas) -> None:
    """A grid whose rows have their numbers left of it, and combs for the letters of a date."""
    for top, bottom in ((100, 136), (136, 160), (160, 184)):
        for x0, x1 in ((62, 128), (128, 300), (300, 500), (500, 576)):
            box(sheet, x0, top, x1, bottom)
    for x, first, second in (
        (70, "(a)", "Date"),
        (140, "(b)", "Name of the boat"),
        (310, "(c)", "Port"),
        (505, "(d)", "Dues"),
    ):
        write(sheet, x, 112, first, size=7)
        write(sheet, x, 122, second, size=7)
    for number, y in (("1", 154), ("2", 178)):
        write(sheet, 48, y, number, bold=True)
        write(sheet, 96, y - 2, "2 0 2 4", size=7)
        write(sheet, 562, y, "00")
        sheet.line(66, 792 - y - 2, 126, 792 - y - 2)
        for tooth in range(9):
            sheet.line(66 + 7.5 * tooth, 792 - y - 2, 66 + 7.5 * tooth, 792 - y + 3)


def test_numbers_left_of_a_grid_name_its_rows() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        numbered_table(sheet)
        dues(sheet)

    read = document(draw)
    (table,) = read.tables
    assert (table.header_rows, table.header_columns) == (1, 1)
    assert table.grid(read.text) == [
        ["", "(a) Date", "(b) Name of the boat", "(c) Port", "(d) Dues"],
        ["1", "2 0 2 4", "", "", "00"],
        ["2", "2 0 2 4", "", "", "00"],
    ]


def test_a_label_at_the_top_of_a_box_is_a_field() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for top, labels in (
            (100, ("Your first name", "Your last name", "Your harbour number")),
            (130, ("Owner's first name", "Owner's last name", "Owner's harbour number")),
        ):
            for x0, x1, label in zip((36, 200, 380), (200, 380, 576), labels, strict=True):
                box(sheet, x0, top, x1, top + 30)
                write(sheet, x0 + 3, top + 9, label, size=7)
        box(sheet, 36, 160, 576, 190)
        write(sheet, 39, 169, "Address of the boathouse", size=7)
        write(sheet, 300, 169, "Number of the berth", size=7)
        for number, line in enumerate(RULES):
            write(sheet, 36, 220 + 12 * number, line)

    assert fields(draw) == [
        "Your first name",
        "Your last name",
        "Your harbour number",
        "Owner's first name",
        "Owner's last name",
        "Owner's harbour number",
        "Address of the boathouse",
        "Number of the berth",
    ]


def test_a_label_above_or_left_of_a_box_is_a_field_with_what_is_in_the_box() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for x0, label in ((36, "Name of the boat"), (220, "Name of the owner"), (400, "Harbour number")):
            box(sheet, x0, 100, x0 + 170, 130)
            write(sheet, x0 + 3, 109, label, size=7)
        write(sheet, 340, 166, "Amount of", size=7)
        write(sheet, 340, 174, "your dues", size=7)
        for x0, x1, label in ((380, 480, "Crowns"), (486, 516, "Cents")):
            box(sheet, x0, 158, x1, 178)
            write(sheet, (x0 + x1) / 2 - 10, 155, label, size=7)
        write(sheet, 494, 172, "00", bold=True, size=12)
        write(sheet, 36, 200, "For the harbour office only")

    assert [text for _, text in blocks(draw)][3:] == [
        "Amount of your dues",
        "Crowns",
        "Cents 00",
        "For the harbour office only",
    ]


def test_cells_with_padding_are_no_labels() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for row, cells in enumerate((("Boat", "Port"), ("Aurelia", "Quay"), ("Bellona", "Mill"), ("Corvus", "Lock"))):
            for column, text in enumerate(cells):
                box(sheet, 36 + 200 * column, 100 + 20 * row, 236 + 200 * column, 120 + 20 * row)
                write(sheet, 40 + 200 * column, 112 + 20 * row, text)

    assert [kind for kind, _ in blocks(draw)] == ["table"]


def test_the_number_of_a_part_and_its_title_are_one_heading() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        box(sheet, 36, 150, 90, 163, fill=1)
        sheet.setFillColorRGB(1, 1, 1)
        write(sheet, 40, 160, "Part 1", bold=True)
        sheet.setFillColorRGB(0, 0, 0)
        write(sheet, 100, 160, "Dues of this year", bold=True)
        sheet.line(36, 792 - 164, 576, 792 - 164)
        dues(sheet)

    assert blocks(draw)[0] == ("heading", "Part 1 Dues of this year")


def title(sheet: canvas.Canvas) -> None:
    """The form's name in a box, its title in the middle, the year on the right, a rule below."""
    box(sheet, 72, 36, 180, 66)
    write(sheet, 100, 46, "Harbour Form", bold=True, size=8)
    write(sheet, 112, 62, "321", bold=True, size=15)
    write(sheet, 230, 49, "Dues of Boats", bold=True, size=12)
    write(sheet, 230, 63, "that Lie in the Harbour", bold=True, size=12)
    write(sheet, 520, 57, "2024", bold=True, size=15)
    sheet.line(36, 792 - 68, 576, 792 - 68)


def test_the_title_of_a_form_is_read_from_left_to_right() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        title(sheet)
        for number, line in enumerate(RULES):
            write(sheet, 36, 90 + 12 * number, line)
        dues(sheet)

    assert [text for _, text in blocks(draw)][:3] == [
        "Harbour Form 321",
        "Dues of Boats that Lie in the Harbour",
        "2024",
    ]


def test_a_voucher_is_read_after_the_columns_above_its_cut() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for column, first in ((36, "left"), (320, "right")):
            for number in range(8):
                write(sheet, column, 100 + 12 * number, f"What the keeper of the {first} bank writes on line {number},")
        sheet.line(36, 792 - 250, 270, 792 - 250)
        write(sheet, 290, 252, "Cut here", size=7)
        sheet.line(340, 792 - 250, 576, 792 - 250)
        write(sheet, 36, 275, "STOP: Pay at the quay.")
        for x0, label in ((36, "Name of the boat"), (220, "Name of the owner"), (400, "Harbour number")):
            box(sheet, x0, 300, x0 + 170, 330)
            write(sheet, x0 + 3, 309, label, size=7)

    texts = [text for _, text in blocks(draw)]
    assert "line 0" in texts[0]
    assert texts[-5:] == [
        "Cut here",
        "STOP: Pay at the quay.",
        "Name of the boat",
        "Name of the owner",
        "Harbour number",
    ]


def test_a_numbered_item_goes_on_in_its_hanging_lines() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for number, line in enumerate(RULES):
            write(sheet, 36, 100 + 12 * number, line)
        write(sheet, 36, 140, "4.")
        write(sheet, 48, 140, "Do not staple your payment to the form.")
        write(sheet, 48, 152, "Place it loose in the envelope.")

    assert ("list_item", "4. Do not staple your payment to the form. Place it loose in the envelope.") in blocks(draw)


def test_a_numbered_label_is_not_the_value_of_the_one_before_it() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        rows = [("1. Name:", "2. Berth"), ("3. Draught:", "4. Flag:"), ("5. Length:", "6. Home port:")]
        for number, row in enumerate(rows):
            top = 100 + 24 * number
            for x, text in zip((60, 300), row, strict=True):
                box(sheet, x, top, x + 240, top + 24)
                write(sheet, x + 6, top + 15, text)

    assert fields(draw)[:2] == ["1. Name:", "2. Berth"]
