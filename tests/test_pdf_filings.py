"""Statements as companies file them: shaded cell by cell, signs in columns of their own, headings in other type."""

from itertools import pairwise
from pathlib import Path

import pytest
from reportlab.pdfgen import canvas
from support.drawn import Text, draw_pages, lines_of
from support.drawn_tables import COLUMNS, HERONS, Draw, across, grid, page, rows, write

YEARS = (380.0, 480.0)
"""Where the amounts of each year end."""

Row = tuple[str, float, str, str]
"""A label, its indent, and an amount for each year."""

INCOME: list[Row] = [
    ("Boats", 10, "316,199", "297,392"),
    ("Repairs", 10, "78,129", "68,425"),
    ("Total net sales", 20, "394,328", "365,817"),
    ("Other income, net", 0, "(334)", "258"),
    ("Net income", 0, "99,803", "94,680"),
]
SUMS = ("Income before taxes", "Taxes", "Net income for the year", "Per share, basic")
AMOUNTS = [[label, *amounts] for label, _, *amounts in INCOME]


def right(sheet: canvas.Canvas, x: float, y: float, text: str, size: float = 10) -> None:
    sheet.setFont("Helvetica", size)
    sheet.drawRightString(x, 842 - y, text)


def shade(sheet: canvas.Canvas, y: float, *sides: float, gray: float = 0.9) -> None:
    """Fill the boxes side by side of a line with its baseline at `y`."""
    sheet.setFillGray(gray)
    for x0, x1 in pairwise(sides):
        sheet.rect(x0, 842 - y - 4, x1 - x0, 14, stroke=0, fill=1)
    sheet.setFillGray(0)


def statement(sheet: canvas.Canvas, y: float, lines: list[Row], signed: tuple[str, ...] = ()) -> float:
    for label, indent, *amounts in lines:
        write(sheet, 60 + indent, y, label)
        for x, amount in zip(YEARS, amounts, strict=True):
            if label in signed:
                write(sheet, x - 58, y, "$")
            right(sheet, x, y, amount)
        y += 14
    return y


def years(sheet: canvas.Canvas, y: float, *texts: str, size: float = 10) -> None:
    for x, text in zip(YEARS, texts, strict=True):
        right(sheet, x, y, text, size)


def test_rows_between_shaded_ones_are_rows_of_their_own() -> None:
    more: list[Row] = [("Per share, basic", 0, "6.15", "5.67"), ("Per share, diluted", 0, "6.11", "5.61")]

    def draw(sheet: canvas.Canvas) -> None:
        years(sheet, 100, "2022", "2021")
        for y in (114, 142, 170):
            shade(sheet, y, 55, 490)
        statement(sheet, 114, [*INCOME, *more])

    (table,), _ = page(draw)
    assert [row[0] for row in grid(table)] == ["", *(row[0] for row in AMOUNTS), *(row[0] for row in more)]


def test_rows_that_are_shaded_cell_by_cell_are_no_grid_and_no_form() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        years(sheet, 100, "2022", "2021")
        for number, y in enumerate(range(114, 184, 14)):
            sides = (55, 320, 330, 385, 395, 420, 430, 485, 495)
            shade(sheet, y, *sides, gray=0.9 + 0.1 * (number % 2))
        statement(sheet, 114, INCOME, signed=("Boats", "Net income"))

    (table,), _ = page(draw)
    assert grid(table)[:2] == [["", "2022", "2021"], ["Boats", "$ 316,199", "$ 297,392"]]
    assert [row[0] for row in grid(table)[1:]] == [row[0] for row in AMOUNTS]
    assert table.header_rows == 1


def test_headings_of_sections_may_stand_between_those_of_columns_and_the_first_row() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 60, 84, "June 30,", size=7)
        years(sheet, 84, "2022", "2021", size=7)
        write(sheet, 60, 98, "Revenue", font="Helvetica-Bold")
        write(sheet, 60, 112, "From ships:")
        statement(sheet, 126, INCOME)

    (table,), _ = page(draw)
    assert grid(table)[:4] == [
        ["June 30,", "2022", "2021"], ["Revenue", "", ""], ["From ships:", "", ""], ["Boats", "316,199", "297,392"]
    ]  # fmt: skip
    assert table.header_rows == 1


def test_sections_below_an_empty_line_are_of_the_same_table_and_tables_with_headings_are_not() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        years(sheet, 86, "2022", "2021")
        y = statement(sheet, 100, INCOME)
        write(sheet, 60, y + 16, "Expenses")
        y = statement(sheet, y + 30, [("Wages", 10, "20,118", "(19,004)"), ("Nets", 10, "1,204", "1,118")])
        rows(sheet, [60, 350, 450], y + 16, 14, [["Ships", "Built", "Sold"], ["Aurelia", "1,861", "1,204"]])
        rows(sheet, [60, 350, 450], y + 44, 14, [["Bellona", "1,870", "1,198"], ["Dorothea", "1,880", "1,199"]])

    (table, ships), _ = page(draw)
    assert [row[0] for row in grid(table)] == ["", *(row[0] for row in AMOUNTS), "Expenses", "Wages", "Nets"]
    assert grid(ships)[0] == ["Ships", "Built", "Sold"]


def test_amounts_are_aligned_wherever_their_heading_stands() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 60, 86, "USD millions")
        for x, year in zip(YEARS, ("2022", "2021"), strict=True):
            write(sheet, x - 60, 86, year)
        statement(sheet, 102, INCOME)

    (table,), _ = page(draw)
    assert grid(table) == [["USD millions", "2022", "2021"], *AMOUNTS]


def test_percent_signs_and_brackets_may_stand_outside_the_column() -> None:
    cells = [["Sales", "112.0%", "11.4%"], ["Margin", "(4.0)", "2.2"], ["Growth", "3.1", "(1,001.2)"]]
    cells.append(["Rate", "20.1%", "9.7%"])

    def draw(sheet: canvas.Canvas) -> None:
        years(sheet, 86, "2022", "2021")
        for number, (label, *amounts) in enumerate(cells):
            write(sheet, 60, 100 + 14 * number, label)
            for x, amount in zip(YEARS, amounts, strict=True):
                digits = amount.rstrip("%)")
                right(sheet, x, 100 + 14 * number, digits)
                write(sheet, x, 100 + 14 * number, amount[len(digits) :])

    (table,), _ = page(draw)
    assert [[cell.replace(" ", "") for cell in row] for row in grid(table)[1:]] == cells


def test_what_stands_between_a_sign_and_its_number_is_in_their_column() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for x, *lines in ((323, "Aug. 29,", "2021"), (423, "Aug. 30,", "2020")):
            write(sheet, x, 86, *lines, font="Helvetica-Bold", size=8)
        statement(sheet, 116, [("Nets", 0, "1,803", "1,550"), *INCOME], signed=("Nets", "Net income"))

    (table,), _ = page(draw)
    assert grid(table)[:2] == [["", "Aug. 29, 2021", "Aug. 30, 2020"], ["Nets", "$ 1,803", "$ 1,550"]]


@pytest.mark.parametrize("heading", ["May 31, 2020", "Sept. 3, 2017"])
def test_a_day_is_a_heading(heading: str) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        years(sheet, 86, heading, "Aug. 26, 2019")
        statement(sheet, 100, INCOME)

    (table,), _ = page(draw)
    assert grid(table)[0] == ["", heading, "Aug. 26, 2019"]
    assert table.header_rows == 1


def test_headings_of_single_columns_above_one_rule_are_apart() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 375, 72, "Years ended")
        across(sheet, 310, 485, 75)
        years(sheet, 86, "November 27,", "November 28,")
        years(sheet, 98, "2015", "2014")
        across(sheet, 310, 485, 101)
        write(sheet, 60, 112, "Revenue:")
        statement(sheet, 126, INCOME)

    (table,), _ = page(draw)
    assert grid(table)[:2] == [
        ["", "Years ended", "Years ended"], ["", "November 27, 2015", "November 28, 2014"]
    ]  # fmt: skip
    assert table.header_rows == 2


def test_a_note_with_its_mark_is_no_row() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        years(sheet, 86, "2022", "2021")
        y = statement(sheet, 100, INCOME)
        rows(sheet, [60, 80], y, 14, [["(1)", "Net of the keeper's share"], ["(2)", "Not those of the lower river"]])

    (table,), rest = page(draw)
    assert grid(table)[1:] == AMOUNTS
    assert "keeper's share" in rest


def test_a_small_table_between_lines_of_a_paragraph_is_one() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 60, 88, *HERONS[:2])
        years(sheet, 112, "2022", "2021")
        statement(sheet, 124, [("Current", 0, "1,204", "1,118")])
        statement(sheet, 136, [("Deferred", 0, "(90)", "88")])
        statement(sheet, 148, [("Total", 0, "1,114", "1,206")])
        write(sheet, 60, 160, *HERONS[2:])

    (table,), rest = page(draw)
    assert grid(table)[-1] == ["Total", "1,114", "1,206"]
    assert rest == " ".join(HERONS)


def test_changes_in_equity_are_a_table_though_most_cells_are_empty() -> None:
    columns = [230.0, 290.0, 350.0, 410.0, 470.0, 530.0]
    changes = [("Balance, 2021", range(6)), ("Net income", (4, 5)), ("Shares issued", (0, 5)), ("Dividends", (4, 5))]
    changes += [("Shares bought", (2,)), ("Translation", (3,)), ("Options", (1,)), ("Losses", (3,)), ("Gains", (3,))]
    changes += [("Balance, 2022", range(6))]

    def draw(sheet: canvas.Canvas) -> None:
        for x, heading in zip(columns, ("Shares", "Amount", "Treasury", "Other", "Retained", "Total"), strict=True):
            right(sheet, x, 86, heading)
        for number, (label, filled) in enumerate(changes):
            write(sheet, 60, 100 + 14 * number, label)
            for column in filled:
                right(sheet, columns[column], 100 + 14 * number, f"{number + 1},{column}04")

    (table,), _ = page(draw)
    assert grid(table)[2] == ["Net income", "", "", "", "", "2,404", "2,504"]
    assert table.header_rows == 1


def headings_in_a_grid(sheet: canvas.Canvas) -> None:
    for x0, x1 in ((60, 300), (300, 390), (390, 490)):
        for top in (70, 90):
            sheet.rect(x0, 842 - top - 20, x1 - x0, 20)
    rows(sheet, [65, 355, 455], 84, 20, [["Years ended", "Sales", "Sales"], ["", "2022", "2021"]])
    statement(sheet, 126, INCOME)


def rows_in_a_grid(sheet: canvas.Canvas) -> None:
    years(sheet, 88, "2022", "2021")
    for number in range(5):
        for x0, x1 in ((60, 300), (300, 390), (390, 490)):
            sheet.rect(x0, 842 - 112 - 14 * number, x1 - x0, 14)
    statement(sheet, 108, [(label, 10, *amounts) for label, _, *amounts in INCOME])


def one_year_in_a_grid(sheet: canvas.Canvas) -> None:
    years(sheet, 88, "2022", "2021")
    for number in range(5):
        for x0, x1 in ((60, 330), (330, 390)):
            sheet.rect(x0, 842 - 112 - 14 * number, x1 - x0, 14)
    across(sheet, 60, 490, 98, 168)
    statement(sheet, 108, [(label, 10, *amounts) for label, _, *amounts in INCOME])


@pytest.mark.parametrize(
    "draw", [headings_in_a_grid, rows_in_a_grid, one_year_in_a_grid], ids=lambda draw: draw.__name__
)
def test_a_grid_may_be_a_part_of_its_table(draw: Draw) -> None:
    (table,), _ = page(draw)
    assert grid(table)[-5:] == AMOUNTS
    assert grid(table)[table.header_rows - 1][1:] == ["2022", "2021"]


def text_lines(path: Path) -> list[str]:
    return [line.text for line in lines_of(path)[0]]


def test_a_number_that_is_drawn_in_pieces_is_whole(tmp_path: Path) -> None:
    lines = [
        Text(100, "Ships"),
        Text(100, "1", 400),
        Text(100, ",803", 408),
        Text(120, "Nets"),
        Text(120, "2,410", 400),
    ]
    assert "1,803" in " ".join(text_lines(draw_pages(tmp_path / "x.pdf", [lines])))


def test_a_sign_that_is_drawn_with_the_amount_before_it_belongs_to_the_one_after_it(tmp_path: Path) -> None:
    lines = [Text(80, "2022", 330), Text(80, "2021", 420)]
    for number, (first, second) in enumerate((("(7.5) $", "542.1"), ("45.9 $", "182.9"), ("93.5 $", "504.3"))):
        y = 100 + 16 * number
        lines += [Text(y, f"Ship {number}"), Text(y, "$", 300), Text(y, first, 330), Text(y, second, 420)]
    rows_ = text_lines(draw_pages(tmp_path / "x.pdf", [lines]))
    assert "Ship 0  $ (7.5)  $ 542.1" in rows_


def test_columns_are_no_rows_of_a_chart() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for number, (label, share) in enumerate((("Boats", 5), ("Nets", 22), ("Ropes", 7), ("Oars", 34))):
            sheet.rect(160, 842 - 112 - 20 * number, 5 * share, 14, fill=1)
            write(sheet, 60, 108 + 20 * number, label)
            write(sheet, 170 + 5 * share, 108 + 20 * number, str(share))
        rows(sheet, [160, 260, 360, 460], 210, 14, [["0%", "20%", "40%", "60%"]])

    assert page(draw)[0] == []


def test_headings_in_the_first_column_are_not_those_of_columns() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        rows(sheet, COLUMNS[:3], 100, 14, [["Ship", "Built", "Tons"], ["Barks", "", ""], ["Aurelia", "1,861", "214"]])
        rows(sheet, COLUMNS[:3], 142, 14, [["Bellona", "1,870", "1,198"], ["Dorothea", "1,880", "99"]])

    (table,), _ = page(draw)
    assert table.header_rows == 1


def test_words_below_numbers_are_the_headings_of_the_next_table() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        years(sheet, 86, "2022", "2021")
        y = statement(sheet, 100, INCOME)
        write(sheet, 60, y, "Ships in the harbour")
        years(sheet, y + 14, "Owned", "Leased")
        statement(
            sheet, y + 28, [("Barks", 0, "2,204", "1,118"), ("Brigs", 0, "4,118", "3,004"), ("Yawls", 0, "86", "9")]
        )

    income, ships = page(draw)[0]
    assert grid(income)[-1][0] in {"Net income", "Ships in the harbour"}
    assert grid(ships)[:2] == [["", "Owned", "Leased"], ["Barks", "2,204", "1,118"]]


def test_lines_close_below_each_other_are_rows_of_their_own(tmp_path: Path) -> None:
    cells = [("Revenue", "20693"), ("Boats", "1204"), ("Nets", "880")]
    lines = [
        Text(100 + 6 * row, text, x) for row, both in enumerate(cells) for x, text in zip((60, 400), both, strict=True)
    ]
    found = " | ".join(text_lines(draw_pages(tmp_path / "x.pdf", [lines])))
    assert all(f"{label}  {amount}" in found for label, amount in cells)


def test_a_short_line_after_the_end_of_the_one_above_is_none_of_its_words(tmp_path: Path) -> None:
    lines = [Text(100, "2018", 475), Text(107, "ASSETS"), Text(114, "Current assets of ships")]
    texts = [line.strip() for line in text_lines(draw_pages(tmp_path / "x.pdf", [lines]))]
    assert sorted(texts) == ["2018", "ASSETS", "Current assets of ships"]


def test_sums_that_are_set_in_by_three_points_are_in_the_columns_of_the_rest() -> None:
    below = [(label, number % 3 * 10, str(410 + number), str(320 + number)) for number, label in enumerate(SUMS)]

    def draw(sheet: canvas.Canvas) -> None:
        years(sheet, 100, "2022", "2021")
        y = statement(sheet, 114, INCOME)
        for label, indent, *amounts in below:
            write(sheet, 60 + indent, y, label)
            for x, amount in zip(YEARS, amounts, strict=True):
                right(sheet, x - 3.2, y, amount)
            y += 14

    (table,), _ = page(draw)
    assert [row[0] for row in grid(table)] == ["", *(row[0] for row in AMOUNTS), *SUMS]
