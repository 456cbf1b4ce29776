"""Tables as accountants and typesetters make them: no lines between cells, signs apart, labels of several lines."""

import pytest
from reportlab.pdfgen import canvas
from test_pdf_tables import COLUMNS, HERONS, across, grid, page, rows, write

Row = tuple[str, float, list[str]]
"""A label, its indent, and the amounts."""

INCOME: list[Row] = [
    ("Net sales:", 0, []),
    ("Boats", 10, ["316,199", "297,392"]),
    ("Repairs", 10, ["78,129", "68,425"]),
    ("Total net sales", 20, ["394,328", "365,817"]),
    ("Other income, net", 0, ["(334)", "258"]),
    ("Net income", 0, ["99,803", "94,680"]),
]


def amounts(sheet: canvas.Canvas, y: float, statement: list[Row], signed: tuple[str, ...] = ()) -> None:
    for label, indent, values in statement:
        write(sheet, 60 + indent, y, label)
        for x, value in zip((380, 480), values, strict=False):
            sheet.drawRightString(x + 3.3 * value.endswith(")"), 842 - y, value)
            if label in signed:
                write(sheet, x - 60, y, "$")
        y += 14


def test_an_amount_and_its_sign_are_one_cell_below_the_heading_of_its_year() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 345, 88, "Years ended June 30,", font="Helvetica-Bold")
        across(sheet, 310, 485, 91)
        for x, year in ((380, "2022"), (480, "2021")):
            sheet.drawRightString(x, 842 - 102, year)
        amounts(sheet, 120, INCOME, signed=("Boats", "Net income"))

    (table,), rest = page(draw)
    assert rest == ""
    assert grid(table) == [
        ["", "Years ended June 30,", "Years ended June 30,"],
        ["", "2022", "2021"],
        ["Net sales:", "", ""],
        ["Boats", "$ 316,199", "$ 297,392"],
        ["Repairs", "78,129", "68,425"],
        ["Total net sales", "394,328", "365,817"],
        ["Other income, net", "(334)", "258"],
        ["Net income", "$ 99,803", "$ 94,680"],
    ]
    assert (table.header_rows, table.header_columns) == (2, 1)


def test_sections_below_empty_lines_and_headings_of_two_lines_are_one_table() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for x, *lines in ((380, "Without Donor", "Restrictions"), (480, "With Donor", "Restrictions")):
            sheet.setFont("Helvetica-Bold", 10)
            for number, line in enumerate(lines):
                sheet.drawRightString(x, 842 - 80 - 11 * number, line)
        write(sheet, 60, 116, "REVENUES", font="Helvetica-Bold")
        amounts(sheet, 130, INCOME[1:4])
        write(sheet, 60, 186, "EXPENSES", font="Helvetica-Bold")
        amounts(sheet, 200, INCOME[4:])

    (table,), _ = page(draw)
    assert [row[0] for row in grid(table)] == [
        "", "REVENUES", "Boats", "Repairs", "Total net sales", "EXPENSES", "Other income, net", "Net income"
    ]  # fmt: skip
    assert grid(table)[0][1:] == ["Without Donor Restrictions", "With Donor Restrictions"]
    assert table.header_rows == 1


def test_thousands_are_a_heading_and_so_is_note() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for x, *lines in ((300, "Note"), (380, "2023", "£000"), (480, "2022", "£000")):
            for number, line in enumerate(lines):
                sheet.drawRightString(x, 842 - 80 - 12 * number, str(line))
        amounts(sheet, 106, INCOME[1:])
        for number in range(4):
            sheet.drawRightString(300, 842 - 106 - 14 * number, str(10 + number))

    (table,), _ = page(draw)
    assert grid(table)[:2] == [["", "Note", "2023", "2022"], ["", "", "£000", "£000"]]
    assert table.header_rows == 2


def test_the_pages_of_a_spread_are_read_one_by_one() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setPageSize((1190, 842))
        more: list[Row] = [(f"Year {n}", 0, [f"{n},204", f"{n},310"]) for n in range(5)]
        amounts(sheet, 120, [*INCOME, *more])
        sheet.translate(595, -5)
        amounts(sheet, 120, [(label.upper(), indent, values) for label, indent, values in [*INCOME, *more]])

    left, right = page(draw)[0]
    assert grid(left)[0] == ["Boats", "316,199", "297,392"]
    assert grid(right)[0] == ["BOATS", "316,199", "297,392"]


def test_a_row_drawn_as_one_string_is_cut_between_rules() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        across(sheet, 70, 420, 90, 108, 168)
        write(sheet, 72, 104, "Bird      Where it builds its nest in the first days of March")
        write(sheet, 72, 122, "Heron      In the alders at the bend of the river below the mill")
        write(sheet, 72, 136, "Egret      In the reed, a little above the water, out of the wind")
        write(sheet, 72, 150, "Bittern      In the reed, where the ice has gone, away from the boats")

    (table,), _ = page(draw)
    assert [row[0] for row in grid(table)] == ["Bird", "Heron", "Egret", "Bittern"]
    assert grid(table)[2][1] == "In the reed, a little above the water, out of the wind"


def test_lines_whose_words_did_not_fit_are_the_rest_of_their_row() -> None:
    cells = [
        [["Meeting or group"], ["People"], ["Form"]],
        [["Lower River Bird", "Keepers"], ["50"], ["In person"]],
        [["Global Lake Survey", "Team"], ["15"], ["Synchronous", "on-line"]],
        [["Night Heron Society", "of the North"], ["70"], ["In person"]],
        [["Reed"], ["10"], ["Asynchronous", "on-line"]],
    ]

    def draw(sheet: canvas.Canvas) -> None:
        y = 100.0
        for row in cells:
            for x, lines in zip((80, 190, 240), row, strict=True):
                write(sheet, x, y, *lines)
            y += 12 * max(map(len, row))

    (table,), _ = page(draw)
    assert grid(table) == [[" ".join(lines) for lines in row] for row in cells]


def test_shaded_rows_are_rows_whatever_is_in_them() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        rows(sheet, COLUMNS, 92, 60, [["Model", "Kind", "Sites", "Found"]])
        for number, y in enumerate((100, 150, 200, 250)):
            sheet.setFillGray(0.8 + 0.1 * (number % 2))
            sheet.rect(70, 842 - y - 50, 400, 50, stroke=0, fill=1)
            sheet.setFillGray(0)
            rows(sheet, COLUMNS, y + 12, 10, [[f"m{number}", "Site", "24", "Yes"]])
            rows(sheet, COLUMNS, y + 24, 10, [["", "", "28", ""], ["", "", "31", ""]])

    (table,), _ = page(draw)
    assert grid(table)[1:3] == [["m0", "Site", "24 28 31", "Yes"], ["m1", "Site", "24 28 31", "Yes"]]


def test_text_that_is_highlighted_line_by_line_is_no_table() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for number, line in enumerate(HERONS):
            sheet.setFillColorRGB(1, 1, 0.6)
            width = sheet.stringWidth(line, "Helvetica", 10)
            sheet.rect(72, 842 - 103 - 14 * number, width, 14, stroke=0, fill=1)
            sheet.setFillGray(0)
            write(sheet, 72, 100 + 14 * number, line)
        across(sheet, 72, 200, 102)

    assert page(draw)[0] == []


def test_shaded_lines_within_cells_are_no_rows() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for number, y in enumerate((100, 150, 200)):
            for x, width in ((70, 80), (150, 300)):
                sheet.rect(x, 842 - y - 50, width, 50)
            write(sheet, 75, y + 14, f"{number + 9}:00")
            for line in range(3):
                sheet.setFillGray(0.9)
                sheet.rect(150, 842 - y - 16 - 16 * line, 300, 16, stroke=0, fill=1)
                sheet.setFillGray(0)
                write(sheet, 155, y + 12 + 16 * line, ("Session", "Herons of the lower river", "Dr. Egret")[line])

    (table,), _ = page(draw)
    assert grid(table) == [[f"{hour}:00", "Session Herons of the lower river Dr. Egret"] for hour in (9, 10, 11)]


@pytest.mark.parametrize("label", ["Total", "Boats and nets"])
def test_a_column_that_only_a_box_shades_does_not_hide_the_others(label: str) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for number, y in enumerate(range(100, 200, 20)):
            across(sheet, 60, 420, y)
            sheet.rect(400, 842 - y - 20, 20, 20, fill=0)
            sheet.rect(420, 842 - y - 20, 70, 20, fill=0)
            amounts(sheet, y + 14, [(f"{label} {'abcde'[number]}", 0, ["1,204", "2,310"])])

    (table,), _ = page(draw)
    assert grid(table)[0] == [f"{label} a", "1,204", "2,310"]
