"""Tables on pages made for the test, and pages that only look as if they had one."""

from pathlib import Path

import pytest
from hypothesis import example, given, strategies
from reportlab.pdfgen import canvas
from support.drawn_tables import (
    BIRDS,
    COLUMNS,
    HERONS,
    Draw,
    across,
    down,
    find_tables,
    first_page,
    grid,
    page,
    rows,
    write,
)
from support.samples import SHARED

from docqa.documents.pdf.engines import PageContent, Rule, TextFragment


def test_a_ruled_grid_has_its_cells_and_keeps_the_text_around_it() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 72, 80, *HERONS)
        rows(sheet, COLUMNS, 214, 20, BIRDS)
        across(sheet, 74, 440, *(200 + 20 * n for n in range(5)))
        down(sheet, 200, 280, 74, 214, 294, 374, 440)
        write(sheet, 72, 320, *HERONS)

    (table,), rest = page(draw)
    assert grid(table) == BIRDS
    assert (table.header_rows, table.header_columns) == (1, 1)
    assert (round(table.x0), round(table.top), round(table.x1), round(table.bottom)) == (74, 200, 440, 280)
    assert rest == " ".join([*HERONS, *HERONS])


def test_boxes_are_cells_and_merged_ones_span() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFillGray(0.8)
        sheet.rect(74, 842 - 240, 366, 40, stroke=0, fill=1)
        sheet.setFillGray(0)
        for n in range(2):
            sheet.rect(214 + 226 * n / 2, 842 - 220, 113, 20)
        sheet.rect(74, 842 - 240, 140, 40)
        for y in range(240, 300, 20):
            for x, width in ((74, 140), (214, 56.5), (270.5, 56.5), (327, 56.5), (383.5, 56.5)):
                sheet.rect(x, 842 - y - (20 if y > 220 else 0), width, 20)
        for x, width in ((214, 56.5), (270.5, 56.5), (327, 56.5), (383.5, 56.5)):
            sheet.rect(x, 842 - 240, width, 20)
        write(sheet, 80, 224, "Species")
        write(sheet, 250, 214, "North bank")
        write(sheet, 360, 214, "South bank")
        cells = [
            ["", "nests", "chicks", "nests", "chicks"],
            ["Heron", "12", "30", "9", "22"],
            ["Egret", "2", "5", "1", ""],
        ]
        rows(sheet, [80, 220, 276, 333, 390], 234, 20, cells)

    (table,), _ = page(draw)
    assert grid(table)[:2] == [
        ["Species", "North bank", "North bank", "South bank", "South bank"],
        ["Species", "nests", "chicks", "nests", "chicks"],
    ]
    assert grid(table)[2:] == [["Heron", "12", "30", "9", "22"], ["Egret", "2", "5", "1", ""]]
    assert table.header_rows == 2


def test_headings_of_groups_without_rules_between_them_take_the_columns_around_them() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 80, 234, "Species")
        write(sheet, 255, 214, "5/31/2021")
        write(sheet, 365, 214, "5/31/2022")
        cells = [
            ["nests", "%", "nests", "%"],
            ["12", "75.0", "9", "90.0"],
            ["4", "25.0", "1", "10.0"],
        ]
        rows(sheet, [80], 254, 20, [["Heron"], ["Egret"]])
        rows(sheet, [220, 280, 340, 400], 234, 20, cells)
        across(sheet, 74, 446, 200, *range(240, 300, 20))
        across(sheet, 214, 446, 220)
        down(sheet, 200, 280, 74, 214, 446)
        down(sheet, 220, 280, 270, 330, 390)

    (table,), _ = page(draw)
    assert grid(table) == [
        ["Species", "5/31/2021", "5/31/2021", "5/31/2022", "5/31/2022"],
        ["Species", "nests", "%", "nests", "%"],
        ["Heron", "12", "75.0", "9", "90.0"],
        ["Egret", "4", "25.0", "1", "10.0"],
    ]
    assert table.header_rows == 2


def test_headings_drawn_as_one_string_are_cut_where_their_columns_begin() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        headings = sheet.beginText(160, 842 - 214)
        headings.setFont("Helvetica-Bold", 10)
        headings.setWordSpace(5)
        headings.textOut("Direction Max ")
        headings.setWordSpace(0)
        sheet.drawText(headings)
        write(sheet, 80, 214, "Signal", font="Helvetica-Bold")
        rows(
            sheet,
            [80, 160, 211],
            230,
            16,
            [["1P0V", "Inout", "1.0 to 1.1 V"], ["I2C", "Input", "5.0 V"], ["TX", "Out", "3 V"]],
        )

    (table,), _ = page(draw)
    assert grid(table)[0] == ["Signal", "Direction", "Max"]


def test_rows_without_rules_between_them_are_divided_by_their_numbers() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        rows(sheet, COLUMNS, 214, 20, BIRDS[:1])
        rows(sheet, COLUMNS, 234, 13, [["Grey heron", "27", "31", "29"], *BIRDS[2:]])
        across(sheet, 74, 440, 200, 220, 270)
        down(sheet, 200, 270, 74, 214, 294, 374, 440)

    (table,), _ = page(draw)
    assert grid(table) == BIRDS


def test_a_string_that_crosses_columns_is_cut_at_their_rules() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 80, 214, "Category    Name      Comment")
        rows(sheet, [80, 130, 180], 234, 20, [["Time", "t.inc", "Timeouts of the tests"], ["Place", "p.inc", "Tests"]])
        across(sheet, 74, 300, 200, 220, 240, 260)
        down(sheet, 200, 260, 74, 125, 175, 300)

    (table,), _ = page(draw)
    assert grid(table)[0] == ["Category", "Name", "Comment"]


def test_three_rules_and_white_space_are_a_table() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 72, 80, *HERONS)
        across(sheet, 74, 440, 200, 222, 276)
        rows(sheet, COLUMNS, 214, 16, BIRDS)

    (table,), rest = page(draw)
    assert grid(table) == BIRDS
    assert table.header_rows == 1
    assert rest == " ".join(HERONS)


def test_aligned_columns_are_a_table_without_any_rule() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 72, 80, *HERONS)
        rows(sheet, COLUMNS, 180, 14, BIRDS)
        write(sheet, 72, 260, *HERONS)

    (table,), rest = page(draw)
    assert grid(table) == BIRDS
    assert rest == " ".join([*HERONS, *HERONS])


def test_a_heading_of_several_columns_belongs_to_the_table() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 255, 166, "Nests that were counted")
        rows(sheet, COLUMNS, 180, 14, BIRDS)

    (table,), _ = page(draw)
    assert grid(table)[0] == ["", *["Nests that were counted"] * 3]
    assert grid(table)[1:] == BIRDS
    assert table.header_rows == 2


def test_a_rule_below_a_heading_says_which_columns_it_spans() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        across(sheet, 74, 440, 200, 260, 330)
        across(sheet, 216, 316, 226)
        across(sheet, 330, 440, 226)
        write(sheet, 222, 222, "Share of the nests")
        write(sheet, 350, 210, "Mean count", "(all visits)")
        write(sheet, 80, 256, "Place")
        for x in (222.0, 335.0):
            write(sheet, x, 238, "North", "bank")
        for x in (280.0, 400.0):
            write(sheet, x, 238, "South", "bank")
        cells = [["Upper mill", "31.4", "23.7", "17", "27"], ["Lower mill", "32.6", "23.0", "19", "24"]]
        rows(sheet, [80, 222, 280, 335, 400], 276, 14, [*cells, ["Old quay", "4.4", "5.6", "15", "21"]])

    (table,), _ = page(draw)
    assert grid(table)[:3] == [
        ["", "Share of the nests", "Share of the nests", "Mean count (all visits)", "Mean count (all visits)"],
        ["Place", "North bank", "South bank", "North bank", "South bank"],
        ["Upper mill", "31.4", "23.7", "17", "27"],
    ]
    assert table.header_rows == 2


@pytest.mark.parametrize("ruled", [True, False])
def test_wrapped_cells_are_whole(ruled: bool) -> None:
    cells = [
        [["Item"], ["Supplier"], ["Warranty"]],
        [["Pump, submersible", "for the well"], ["Halvorsen", "Maskin AS"], ["24 months from", "delivery"]],
        [["Generator, diesel"], ["Kettle & Sons", "of Norwich"], ["60 months from", "first use"]],
        [["Rope"], ["Tauwerk"], ["none"]],
    ]

    def draw(sheet: canvas.Canvas) -> None:
        y = 200.0
        for row in cells:
            for x, lines in zip((80, 220, 340), row, strict=True):
                write(sheet, x, y, *lines)
            y += 12 * max(map(len, row)) + 8
            if ruled:
                across(sheet, 74, 460, y - 12)

    (table,), _ = page(draw)
    assert grid(table) == [[" ".join(lines) for lines in row] for row in cells]


def test_terms_and_their_definitions_are_a_table() -> None:
    terms = {"Nest": HERONS[:2], "Keeper": HERONS[2:], "Survey": HERONS[1:3]}

    def draw(sheet: canvas.Canvas) -> None:
        y = 100.0
        for term, lines in terms.items():
            write(sheet, 72, y, term, font="Helvetica-Bold", size=8)
            write(sheet, 150, y, *lines, size=8)
            y += 36

    (table,), _ = page(draw)
    assert grid(table) == [[term, " ".join(lines)] for term, lines in terms.items()]
    assert (table.header_rows, table.header_columns) == (0, 1)


def test_an_agenda_is_a_table() -> None:
    events = [
        ["9:00 – 9:30", "Arrival, and coffee in the hall of the old mill"],
        ["9:30 – 10:15", "Herons of the lower river"],
        ["10:15 – 11:00", "What the keeper of the nests has seen in thirty years"],
    ]
    (table,), _ = page(lambda sheet: rows(sheet, [72, 180], 100, 18, events))
    assert grid(table) == events


def test_labels_drawn_first_and_values_after_are_rows() -> None:
    labels = ["Invoice number:", "Invoice date:", "Order placed by:", "Payment due:"]
    values = ["RK-20417", "14 February 2023", "Petra Lindqvist", "16 March 2023"]

    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 72, 100, *labels, font="Helvetica-Bold", size=12)
        write(sheet, 200, 100, *values, size=12)

    (table,), _ = page(draw)
    assert grid(table) == [list(pair) for pair in zip(labels, values, strict=True)]
    assert table.header_rows == 0


def test_a_line_printers_columns_of_spaces_are_a_table() -> None:
    lines = (
        "ITEM              SUPPLIER             QTY    PRICE",
        "----------------- ------------------ ----- --------",
        "PUMP, SUBMERSIBLE HALVORSEN MASKIN      12   410.00",
        "GENERATOR DIESEL  KETTLE AND SONS        3  2850.50",
        "ROPE 12 MM        TAUWERK BREMEN       900     1.15",
    )
    (table,), rest = page(lambda sheet: write(sheet, 50, 100, *lines, font="Courier", size=9))
    assert grid(table) == [
        ["ITEM", "SUPPLIER", "QTY", "PRICE"],
        ["PUMP, SUBMERSIBLE", "HALVORSEN MASKIN", "12", "410.00"],
        ["GENERATOR DIESEL", "KETTLE AND SONS", "3", "2850.50"],
        ["ROPE 12 MM", "TAUWERK BREMEN", "900", "1.15"],
    ]
    assert rest == ""


def test_a_table_in_one_column_of_a_page_is_not_read_across_the_gutter() -> None:
    column = tuple(line[:52] for line in HERONS)

    def draw(sheet: canvas.Canvas) -> None:
        for y in range(80, 400, 48):
            write(sheet, 310, y, *column)
        for y in (80, 128, 300):
            write(sheet, 50, y, *column)
        rows(sheet, [50, 150, 190, 230], 200, 14, BIRDS)

    (table,), rest = page(draw)
    assert grid(table) == BIRDS
    assert rest == " ".join(column * 10)


def test_a_title_within_the_grid_is_no_row() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 80, 194, "Nests by year")
        rows(sheet, COLUMNS, 214, 20, BIRDS)
        across(sheet, 74, 440, *(180 + 20 * n for n in range(6)))
        down(sheet, 180, 280, 74, 440)
        down(sheet, 200, 280, 214, 294, 374)

    (table,), rest = page(draw)
    assert grid(table) == BIRDS
    assert rest == "Nests by year"


def test_a_rule_ends_a_header_of_numbers() -> None:
    cells = [["Rounds", "0.5", "1", "1.5"], ["Heron", "12", "16", "18"], ["Egret", "7", "9", "9"]]

    def draw(sheet: canvas.Canvas) -> None:
        rows(sheet, COLUMNS, 214, 16, cells)
        across(sheet, 74, 440, 219)

    (table,), _ = page(draw)
    assert (grid(table), table.header_rows) == (cells, 1)


def test_a_column_of_short_lines_between_two_rules_is_rows() -> None:
    cells = [["Data set", "Identifier"], ["Bossi", "Ensembl"], ["Havugimana", "Uniprot"], ["STRING", "HGNC"]]

    def draw(sheet: canvas.Canvas) -> None:
        rows(sheet, [80, 220], 214, 20, cells[:1])
        rows(sheet, [80, 220], 234, 12, cells[1:])
        across(sheet, 74, 340, 200, 220, 268)
        down(sheet, 200, 268, 74, 214, 340)

    (table,), _ = page(draw)
    assert grid(table) == cells


def test_leaders_after_a_label_are_left_out() -> None:
    cells = [["", "2021", "2022"], ["Herons ........", "2.5", "3.5"], ["Egrets ........", "0.5", "1.5"]]
    (table,), _ = page(lambda sheet: rows(sheet, [80, 220, 300], 100, 14, [*cells, ["All ...........", "3.0", "5.0"]]))
    assert [row[0] for row in grid(table)] == ["", "Herons", "Egrets", "All"]


def words(fragments: list[TextFragment]) -> list[str]:
    return sorted(word for fragment in fragments for word in fragment.text.split() if word != "...")


FRAGMENT = strategies.builds(
    lambda text, x, y, width, height, row, raised: TextFragment(
        text, 20.0 * x, 12.0 * y, 20.0 * x + width, 12.0 * y + height, 10.0, row, False, raised
    ),
    strategies.sampled_from(["", " ", "Heron", "12", "...", "(1)", "•", "2021", "where the water is shallow", "9:00"]),
    strategies.integers(2, 24),
    strategies.integers(4, 24),
    strategies.sampled_from([0.0, 5.0, 40.0, 120.0]),
    strategies.sampled_from([0.0, 1.0, 8.0, 20.0]),
    strategies.integers(0, 20),
    strategies.booleans(),
)
RULE = strategies.builds(
    lambda x, y, width, height: Rule(20.0 * x - 4, 12.0 * y, 20.0 * x - 4 + width, 12.0 * y + height),
    strategies.integers(2, 24),
    strategies.integers(4, 24),
    strategies.sampled_from([0.5, 60.0, 200.0, 400.0]),
    strategies.sampled_from([0.5, 24.0, 120.0]),
)


def flat(text: str, x: float, top: float, width: float, height: float) -> TextFragment:
    return TextFragment(text, x, top, x + width, top + height, 10.0, int(x + top + width), False)


# A fragment on the upper rule was a heading above the table and a cell in it.
ON_THE_RULE = [
    flat("12", 440, 264, 120, 0),
    flat("12", 160, 264, 120, 1),
    flat("9:00", 440, 264, 5, 8),
    flat("where the water is shallow", 440, 216, 0, 0),
    flat("(1)", 180, 216, 5, 0),
    flat("(1)", 180, 216, 120, 1),
]
ITS_RULES = [Rule(176, 264, 576, 264.5), Rule(436, 216, 636, 336), Rule(436, 264, 636, 288)]


@given(strategies.lists(FRAGMENT, max_size=60), strategies.lists(RULE, max_size=40))
@example(ON_THE_RULE, ITS_RULES)
def test_whatever_is_on_a_page_cells_have_text_and_do_not_overlap(
    fragments: list[TextFragment], rules: list[Rule]
) -> None:
    tables, rest = find_tables(PageContent(fragments, rules, 595, 842))
    inside = [fragment for table in tables for cell in table.cells for line in cell.lines for fragment in line]
    for table in tables:
        grid(table)
        assert all(cell.lines and all(cell.lines) for cell in table.cells)
    assert words([*inside, *rest]) == words(fragments)


# What is no table ---------------------------------------------------------------------------------


def two_columns(sheet: canvas.Canvas) -> None:
    for x in (50, 310):
        for y in range(80, 300, 48):
            write(sheet, x, y, *(line[:52] for line in HERONS))


def three_columns(sheet: canvas.Canvas) -> None:
    for y in range(80, 300, 12):
        for x in (50, 215, 380):
            write(sheet, x, y, HERONS[(y // 12) % 4][x % 40 : x % 40 + 28])


def clauses(sheet: canvas.Canvas) -> None:
    y = 80.0
    for mark in ("2.1", "2.2", "2.3", "(a)", "(b)", "iii."):
        write(sheet, 72, y, mark)
        write(sheet, 120, y, *(line[:80] for line in HERONS[:2]))
        y += 30


def bullets(sheet: canvas.Canvas) -> None:
    for number, item in enumerate(("Alders", "Water", "Boats and nets", "The mill", "Ice")):
        write(sheet, 72, 80 + 14 * number, "•")
        write(sheet, 95, 80 + 14 * number, item)


def contents(sheet: canvas.Canvas) -> None:
    for number, title in enumerate(("Herons", "Their nests", "The survey", "What was found", "Sources")):
        write(sheet, 72, 80 + 16 * number, f"{number + 1}")
        write(sheet, 95, 80 + 16 * number, title + " " + "." * (100 - 2 * len(title)))
        write(sheet, 500, 80 + 16 * number, str(3 + 4 * number))


def wrapped_contents(sheet: canvas.Canvas) -> None:
    for number in range(6):
        y = 80 + 30 * number
        write(sheet, 72, y, f"1.{number + 1}")
        write(sheet, 95, y, "What the keeper of the nests")
        write(sheet, 300, y, "has seen in thirty years")
        write(sheet, 95, y + 12, "of the survey " + "." * 80)
        write(sheet, 500, y + 12, str(3 + 4 * number))


def a_form(sheet: canvas.Canvas) -> None:
    for number, label in enumerate(("Name", "Birth", "Street", "Town")):
        write(sheet, 72, 90 + 30 * number, label)
        write(sheet, 330, 90 + 30 * number, label + " of spouse")
        for box in range(10):
            sheet.rect(120 + 18 * box, 842 - 95 - 30 * number, 14, 16)


def titles_in_the_margin(sheet: canvas.Canvas) -> None:
    for number, title in enumerate(("Nests", "Survey", "Keeper")):
        write(sheet, 72, 80 + 140 * number, title)
        for paragraph in range(2):
            write(sheet, 150, 80 + 140 * number + 65 * paragraph, *(line[:80] for line in HERONS))


def indented_items(sheet: canvas.Canvas) -> None:
    for number in range(4):
        write(sheet, 72, 80 + 40 * number, f"3.{number + 1}")
        write(sheet, 120, 80 + 40 * number, "Of the nests")
        write(sheet, 120, 96 + 40 * number, "1.")
        write(sheet, 150, 96 + 40 * number, HERONS[number][:70])


def numbered_lines(sheet: canvas.Canvas) -> None:
    for number in range(20):
        write(sheet, 40, 80 + 24 * number, str(number + 1))
        write(sheet, 90, 80 + 24 * number, HERONS[number % 4][:80])


def equations(sheet: canvas.Canvas) -> None:
    for number, formula in enumerate(("a = b + c", "e = m c", "x = y", "p = q r")):
        write(sheet, 250, 80 + 30 * number, formula)
        write(sheet, 500, 80 + 30 * number, f"({number + 1})")


def code(sheet: canvas.Canvas) -> None:
    lines = (
        "int count = 0;          /* nests */",
        "char *name;             /* keeper */",
        "while (next(&nest)) {",
        "    count += nest.size; /* eggs */",
        "}",
        "return count;           /* total */",
    )
    write(sheet, 72, 80, *lines, font="Courier")


def justified(sheet: canvas.Canvas) -> None:
    for number, line in enumerate(HERONS):
        words = line.split()[:11]
        letters = sum(sheet.stringWidth(word, "Helvetica", 10) for word in words)
        x = 72.0
        for word in words:
            write(sheet, x, 80 + 12 * number, word)
            x += sheet.stringWidth(word, "Helvetica", 10) + (451 - letters) / 10


def a_boxed_note(sheet: canvas.Canvas) -> None:
    sheet.rect(70, 842 - 140, 460, 70)
    across(sheet, 70, 530, 90)
    write(sheet, 76, 84, "Note", font="Helvetica-Bold")
    write(sheet, 76, 104, *(line[:80] for line in HERONS[:3]))


def a_chart(sheet: canvas.Canvas) -> None:
    sheet.rect(100, 842 - 300, 300, 200)
    for n in range(6):
        across(sheet, 100, 400, 100 + 40 * n)
        write(sheet, 80, 303 - 40 * n, str(20 * n))
        write(sheet, 95 + 60 * n, 315, str(2010 + n))
        sheet.rect(110 + 50 * n, 842 - 300, 20, 30 * n + 10, fill=1)


@pytest.mark.parametrize(
    "draw",
    [
        two_columns,
        three_columns,
        clauses,
        bullets,
        contents,
        wrapped_contents,
        a_form,
        titles_in_the_margin,
        indented_items,
        numbered_lines,
        equations,
        code,
        justified,
        a_boxed_note,
        a_chart,
    ],
    ids=lambda draw: draw.__name__,
)
def test_what_only_looks_like_a_table_is_none(draw: Draw) -> None:
    tables, _ = page(draw)
    assert [grid(table) for table in tables] == []


@pytest.mark.skipif(not (SHARED / "bugs").exists(), reason="the inputs of public bug reports are not here")
@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("line-printer.pdf", ["ROPE 12 MM", "TAUWERK BREMEN", "900", "1.15", "29-SEP-2022"]),
        (
            "wrapped-cells.pdf",
            ["Generator, diesel for the barn", "Kettle & Sons of Norwich", "60 months from first use"],
        ),
        ("labels-then-values.pdf", ["Payment due:", "16 March 2023"]),
    ],
)
def test_reported_files(name: str, row: list[str]) -> None:
    (table,), _ = first_page(Path(SHARED / "bugs" / "inputs" / name).read_bytes())
    assert row in grid(table)
