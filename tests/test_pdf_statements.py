"""Tables as accountants and typesetters make them: no lines between cells, signs apart, labels of several lines."""

import pytest
from reportlab.pdfgen import canvas
from support.drawn_tables import COLUMNS, HERONS, Draw, across, grid, page, rows, write

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


def test_headings_without_lines_between_them_are_apart() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        rows(sheet, COLUMNS[:2], 114, 20, [["Path", "Use"], ["nests.ini", "Settings"], ["nests.log", "Errors"]])
        across(sheet, 74, 440, 100, 120, 140, 160)
        for x in (74, 440):
            sheet.line(x, 842 - 100, x, 842 - 160)
        sheet.line(214, 842 - 120, 214, 842 - 160)

    (table,), _ = page(draw)
    assert grid(table)[0] == ["Path", "Use"]


def test_a_grid_is_a_table_even_if_one_row_is_nearly_empty() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        rows(sheet, COLUMNS, 114, 20, [["Seller", "Order", "By", "Terms"], ["", "PO-3333", "", ""]])
        across(sheet, 74, 440, 100, 120, 140)
        for x in (74, 214, 294, 374, 440):
            sheet.line(x, 842 - 100, x, 842 - 140)

    (table,), _ = page(draw)
    assert grid(table) == [["Seller", "Order", "By", "Terms"], ["", "PO-3333", "", ""]]
    assert table.header_rows == 1


def test_two_numbers_between_two_lines_are_two_rows() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        rows(sheet, COLUMNS[:2], 112, 14, [["Nests that are used", "36 (75%)"], ["Nests left", "12"]])
        rows(sheet, COLUMNS[:2], 146, 14, [["Total", "48"]])
        across(sheet, 74, 290, 100, 133, 152)
        for x in (74, 214, 290):
            sheet.line(x, 842 - 100, x, 842 - 152)

    (table,), _ = page(draw)
    assert grid(table) == [["Nests that are used", "36 (75%)"], ["Nests left", "12"], ["Total", "48"]]


def test_indented_labels_beside_numbers_are_a_table() -> None:
    labels = [("Resolution", 0), ("Space group", 0), ("Cells", 0), ("Factors", 0)]
    labels += [(f"Chain {letter}", 9) for letter in "ABC"]

    def draw(sheet: canvas.Canvas) -> None:
        across(sheet, 60, 300, 80, 94, 196)
        write(sheet, 62, 91, "Parameter", font="Helvetica-Bold")
        for number, (label, indent) in enumerate(labels):
            write(sheet, 62 + indent, 108 + 14 * number, label)
            if label != "Factors":
                write(sheet, 200, 108 + 14 * number, f"{number}.4")

    (table,), _ = page(draw)
    assert [row[0] for row in grid(table)] == ["Parameter", *(label for label, _ in labels)]
    assert table.header_rows == 1


@pytest.mark.parametrize(("size", "header_rows"), [(10, 0), (12, 1)])
def test_headings_of_two_columns_of_text_are_set_in_another_way(size: float, header_rows: int) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 80, 114, "Name", size=size)
        write(sheet, 220, 114, "Heron", size=size)
        rows(sheet, COLUMNS[:2], 134, 20, [["Kind", "Wading bird"], ["Place", "Lower river"]])
        across(sheet, 74, 440, 100, 120, 140, 160)
        for x in (74, 214, 440):
            sheet.line(x, 842 - 100, x, 842 - 160)

    (table,), _ = page(draw)
    assert table.header_rows == header_rows


def test_numbered_columns_are_headings() -> None:
    months = [str(month) for month in range(1, 7)]

    def draw(sheet: canvas.Canvas) -> None:
        rows(sheet, [80.0, *(200.0 + 40 * n for n in range(6))], 134, 20, [["", *months], ["Nests", *["7"] * 6]])
        write(sheet, 300, 114, "Months")
        for y in (100, 120, 140, 160):
            sheet.line(74, 842 - y, 434, 842 - y)
        for x in (74, *(194 + 40 * n for n in range(7))):
            sheet.line(x, 842 - (120 if 194 < x < 434 else 100), x, 842 - 160)

    (table,), _ = page(draw)
    assert table.header_rows == 2


def an_address_beside_labels(sheet: canvas.Canvas) -> None:
    write(sheet, 60, 100, "Lower River Boats", "12 Mill Lane", "Harbour", "The North")
    for number, line in enumerate(("Invoice: INV-100", "Due date: 12/15/2019", "Customer: CID-1", "Terms: cash")):
        sheet.drawRightString(520, 842 - 100 - 12 * number, line)


def notes_below_a_table(sheet: canvas.Canvas) -> None:
    rows(sheet, [60, 110], 100, 14, [["GDP:", "Gross product"], ["(*)", "Forecast"], ["Source:", "The keeper"]])


def boxes_of_a_diagram(sheet: canvas.Canvas) -> None:
    for number in range(3):
        sheet.rect(60 + 130 * number, 842 - 160, 90, 80)
        write(sheet, 80 + 130 * number, 110, "External", "Interrupt", f"Handler {'ABC'[number]}")


def bars_with_labels(sheet: canvas.Canvas) -> None:
    for number, height in enumerate((60, 35, 80, 50)):
        sheet.rect(70 + 100 * number, 842 - 200, 40, height, fill=1)
        for line, text in enumerate(("Heron", "(2020)", "Counted")):
            sheet.drawCentredString(90 + 100 * number, 842 - 215 - 10 * line, text)


def addresses_side_by_side(sheet: canvas.Canvas) -> None:
    write(sheet, 60, 100, "Center for Aerospace", "7115 Standard Drive", "Hanover, MD 21076-1320")
    write(sheet, 400, 100, "Technical Service", "5301 Shawnee Road", "Alexandria, VA 22312")


def values_beside_a_chart(sheet: canvas.Canvas) -> None:
    for number, (x, value) in enumerate(((271, "24"), (257, "17"), (254, "16"))):
        write(sheet, 90, 100 + 60 * number, "Using programming", "languages like R", "or the command line")
        write(sheet, x, 112 + 60 * number, value)


@pytest.mark.parametrize(
    "draw",
    [
        values_beside_a_chart,
        addresses_side_by_side,
        an_address_beside_labels,
        notes_below_a_table,
        boxes_of_a_diagram,
        bars_with_labels,
    ],
    ids=lambda draw: draw.__name__,
)
def test_what_is_aligned_for_another_reason_is_no_table(draw: Draw) -> None:
    assert [grid(table) for table in page(draw)[0]] == []


def test_a_table_with_the_headings_of_another_may_have_one_row() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for y, names in ((100, ["Heron", "Egret", "Bittern"]), (220, ["Stork"])):
            rows(sheet, COLUMNS, y, 14, [["Bird", "Nests", "Young", "Site"]])
            across(sheet, 74, 440, y + 4)
            rows(sheet, COLUMNS, y + 16, 14, [[name, "27", "✓", "mill"] for name in names])

    tables, _ = page(draw)
    assert [[row[0] for row in grid(table)] for table in tables] == [
        ["Bird", "Heron", "Egret", "Bittern"],
        ["Bird", "Stork"],
    ]


def test_sums_below_a_table_belong_to_it() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        rows(sheet, COLUMNS, 100, 14, [["Item", "Quantity", "Price", "Amount"]])
        rows(sheet, COLUMNS, 118, 14, [["Oars", "2", "30.00", "60.00"], ["Nets", "1", "12.00", "12.00"]])
        rows(sheet, COLUMNS, 146, 14, [["Rope", "5", "1.15", "5.75"]])
        for y, label, value in ((166, "Total sales tax 9.25%", "7.19"), (184, "Total in dollars", "84.94")):
            sheet.drawRightString(330, 842 - y, label)
            write(sheet, 380, y, value)

    (table,), _ = page(draw)
    assert [" ".join(dict.fromkeys(row)).strip() for row in grid(table)[-2:]] == [
        "Total sales tax 9.25% 7.19",
        "Total in dollars 84.94",
    ]


def test_a_table_beside_columns_of_prose_is_read_by_itself() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for x in (40, 200):
            for y in range(80, 380, 12):
                write(sheet, x, y, HERONS[(y // 12) % 4][x % 40 : x % 40 + 30], size=9)
        for number, (label, value, next_value) in enumerate(
            (("Revenue", "275.5", "295.1"), ("EBITA", "8.8", "10.3"), ("Net income", "4.4", "5.6"), ("P/E", "16", "11"))
        ):
            rows(sheet, [380, 470, 520], 130 + 13 * number, 13, [[label, value, next_value]])

    (table,), _ = page(draw)
    assert grid(table)[0] == ["Revenue", "275.5", "295.1"]


def test_the_rest_of_a_label_is_no_row() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        rows(sheet, COLUMNS, 114, 14, [["Action", "Hours", "Parts", "Cost"]])
        rows(sheet, COLUMNS, 134, 12, [["Installation", "1", "$0", "$85"], ["Revisions", "1", "$0", "$85"]])
        rows(sheet, COLUMNS, 158, 12, [["Removal, and", "1", "$0", "$85"], ["  marker removal", "", "", ""]])
        across(sheet, 74, 440, 100, 120, 176)
        for x in (74, 214, 294, 374, 440):
            sheet.line(x, 842 - 100, x, 842 - 176)

    (table,), _ = page(draw)
    assert [row[0] for row in grid(table)] == ["Action", "Installation", "Revisions", "Removal, and marker removal"]
