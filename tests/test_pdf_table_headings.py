"""Which rows and columns the headings of a table belong to."""

from itertools import product

from reportlab.pdfgen import canvas
from support.drawn_tables import Draw, Grid, across, down, grid, page, rows, write

from docqa.documents.pdf.tables import PageTable

BOLD = "Helvetica-Bold"
Row = tuple[str, ...]

ACCOUNTS: list[Row] = [
    ("Boats", "316,199", "297,392", "220,747", "214,001"),
    ("Repairs and storage", "78,129", "68,425", "53,768", "51,118"),
    ("Total net sales", "394,328", "365,817", "274,515", "265,119"),
    ("Net income", "99,803", "94,680", "57,411", "55,256"),
]


def right(sheet: canvas.Canvas, x: float, y: float, text: str, font: str = "Helvetica") -> None:
    sheet.setFont(font, 10)
    sheet.drawRightString(x, 842 - y, text)


def center(sheet: canvas.Canvas, x: float, y: float, text: str, size: float = 10) -> None:
    sheet.setFont(BOLD, size)
    sheet.drawCentredString(x, 842 - y, text)


def accounts(sheet: canvas.Canvas, y: float, *ends: float) -> None:
    """Draw the accounts with the amounts of each column at one end, from the baseline `y` on."""
    for number, (label, *amounts) in enumerate(ACCOUNTS):
        write(sheet, 60, y + 14 * number, label)
        for x, amount in zip(ends, amounts, strict=False):
            right(sheet, x, y + 14 * number, amount)


def table_of(draw: Draw) -> PageTable:
    (table,), _ = page(draw)
    return table


def headings(draw: Draw) -> Grid:
    table = table_of(draw)
    return grid(table)[: table.header_rows]


def test_two_columns_name_the_rows_if_the_first_one_repeats_and_the_rest_is_numbers() -> None:
    names = [*product(("Harbour", "River", "Canal"), ("Spring", "Summer", "Autumn"))]
    times = [[*name, f"{number}.76 s", f"{number}.31 s"] for number, name in enumerate(names, 2)]
    cells = [["Place", "Season", "By boat", "On foot"], *times]

    def aligned(sheet: canvas.Canvas) -> None:
        across(sheet, 75, 480, 88, 104, 246)
        rows(sheet, [80, 180, 300, 400], 100, 15, cells)

    def ruled(sheet: canvas.Canvas) -> None:
        across(sheet, 180, 460, *range(88, 240, 15))
        across(sheet, 80, 180, 88, 103, 148, 193, 238)
        down(sheet, 88, 238, 80, 180, 270, 360, 460)
        spanned = [["" if column == 0 and number > 2 and number % 3 else text for column, text in enumerate(row)]
                   for number, row in enumerate(cells, 2)]  # fmt: skip
        rows(sheet, [84, 184, 274, 364], 99, 15, spanned)

    for table in map(table_of, (aligned, ruled)):
        assert grid(table) == cells
        assert (table.header_rows, table.header_columns) == (1, 2)


def test_of_a_name_and_its_other_texts_one_column_names_the_rows() -> None:
    cells = [["Ship", "Rig", "Tons", "Crew"], ["Aurelia", "bark", "214", "12"], ["Bellona", "brig", "198", "9"],
             ["Cecilia", "bark", "231", "14"], ["Dorothea", "brig", "187", "9"]]  # fmt: skip
    table = table_of(lambda sheet: rows(sheet, [80, 180, 300, 400], 100, 15, cells))
    assert grid(table) == cells
    assert table.header_columns == 1


def test_times_name_the_rows_though_most_rows_have_none() -> None:
    talks = [("9:15", "Registration"), ("9:45", "Opening of the seminar"), ("", "Welcome by the keeper"),
             ("", "Welcome by the mayor"), ("10:10", "Herons and the ice"), ("", "Nests of the lower river"),
             ("", "Nests of the upper river"), ("13:00", "Lunch")]  # fmt: skip

    def draw(sheet: canvas.Canvas) -> None:
        down(sheet, 88, 208, 80, 180, 460)
        across(sheet, 80, 460, *range(88, 209, 15))
        rows(sheet, [84, 184], 99, 15, [*map(list, talks)])

    table = table_of(draw)
    assert [tuple(row) for row in grid(table)] == talks
    assert (table.header_rows, table.header_columns) == (0, 1)


def test_labels_are_counted_below_the_headings_of_columns() -> None:
    sums = [("United States", "1,608", "1,167", "179"), ("International", "2,210", "2,178", "1,473")]
    sums.append(("", "3,818", "3,345", "1,652"))

    def draw(sheet: canvas.Canvas) -> None:
        center(sheet, 350, 86, "Year Ended December 31,")
        across(sheet, 240, 460, 89)
        for column, x in enumerate((280, 365, 450)):
            right(sheet, x, 100, str(2022 - column), BOLD)
            for number, (_, *amounts) in enumerate(sums):
                right(sheet, x, 114 + 14 * number, amounts[column])
        for number, (label, *_) in enumerate(sums):
            write(sheet, 60, 114 + 14 * number, label)

    table = table_of(draw)
    assert [tuple(row) for row in grid(table)[2:]] == sums
    assert (table.header_rows, table.header_columns) == (2, 1)


def test_a_heading_beside_its_column_is_in_the_nearest_one() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for x, year in zip((332, 420, 508), ("2018", "2017", "2016"), strict=True):
            center(sheet, x, 86, year)
        accounts(sheet, 100, 390, 478, 566)

    assert headings(draw) == [["", "2018", "2017", "2016"]]


def test_as_many_headings_as_columns_are_one_for_each() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for x in (280, 480):
            center(sheet, x, 74, "Three Months Ended")
            across(sheet, x - 90, x + 90, 77)
        for x, day in zip((200, 300, 400, 500), ("July 29, 2023", "July 30, 2022") * 2, strict=True):
            write(sheet, x, 88, day, font=BOLD, size=8)
        accounts(sheet, 100, 277, 377, 477, 577)

    assert headings(draw) == [
        ["", *["Three Months Ended"] * 4], ["", *["July 29, 2023", "July 30, 2022"] * 2]
    ]  # fmt: skip


def test_headings_above_repeated_ones_are_those_of_groups() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for x, name in ((320, "Consumer Banking"), (475, "Commercial Banking")):
            center(sheet, x, 74, name, size=9)
        across(sheet, 240, 555, 77)
        for x, year in zip((300, 370, 450, 530), ("2022", "2021") * 2, strict=True):
            right(sheet, x, 88, year, BOLD)
        accounts(sheet, 102, 300, 370, 450, 530)

    assert headings(draw) == [
        ["", *["Consumer Banking"] * 2, *["Commercial Banking"] * 2], ["", *["2022", "2021"] * 2]
    ]  # fmt: skip


def test_a_wrapped_heading_above_repeated_ones_is_that_of_its_column() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for x in (370, 530):
            right(sheet, x, 76, "Other net", BOLD)
        for x, name in zip((300, 370, 450, 530), ("Sales", "income") * 2, strict=True):
            right(sheet, x, 88, name, BOLD)
        accounts(sheet, 102, 300, 370, 450, 530)

    assert headings(draw) == [["", *["Sales", "Other net income"] * 2]]


def test_a_unit_in_the_middle_of_all_columns_is_of_all_of_them() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        center(sheet, 390, 62, "Year Ended", size=8)
        for x, day, year in (
            (310, "December 29,", "2018"),
            (390, "December 30,", "2017"),
            (470, "December 31,", "2016"),
        ):
            center(sheet, x, 72, day, size=8)
            center(sheet, x, 81, year, size=8)
        center(sheet, 390, 91, "(In millions)", size=8)
        for number, (label, *amounts) in enumerate(ACCOUNTS):
            write(sheet, 60, 103 + 11 * number, label)
            for x, amount in zip((340, 420, 500), amounts, strict=False):
                right(sheet, x, 103 + 11 * number, amount)
                write(sheet, x - 60, 103 + 11 * number, "$", size=8)

    assert headings(draw) == [
        ["", *["Year Ended"] * 3],
        ["", "December 29, 2018", "December 30, 2017", "December 31, 2016"],
        ["", *["(In millions)"] * 3],
    ]


def test_a_row_of_numbers_in_bold_is_no_line_of_the_headings() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for x, name in zip((300, 400), ("Employees", "Buildings"), strict=True):
            right(sheet, x, 86, name, BOLD)
        write(sheet, 60, 97, "Balance in June", font=BOLD)
        for x, amount in ((300, "$97"), (400, "$18")):
            right(sheet, x, 97, amount, BOLD)
        accounts(sheet, 110, 300, 400)

    table = table_of(draw)
    assert grid(table)[:2] == [["", "Employees", "Buildings"], ["Balance in June", "$97", "$18"]]
    assert table.header_rows == 1


def test_a_section_right_below_the_headings_is_a_row() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        write(sheet, 60, 86, "(in millions)", font=BOLD)
        for x, year in ((300, "2022"), (400, "2021")):
            right(sheet, x, 86, year, BOLD)
        write(sheet, 60, 97, "Fleet", font=BOLD)
        accounts(sheet, 109, 300, 400)

    assert grid(table_of(draw))[:2] == [["(in millions)", "2022", "2021"], ["Fleet", "", ""]]


def test_years_below_headings_in_bold_are_headings_with_the_marks_of_notes_too() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        center(sheet, 350, 74, "Fiscal Year")
        across(sheet, 250, 410, 77)
        for x, year in ((300, "2018"), (400, "2017 (1)")):
            right(sheet, x, 88, year)
        accounts(sheet, 102, 300, 400)

    assert headings(draw) == [["", "Fiscal Year", "Fiscal Year"], ["", "2018", "2017 (1)"]]


def test_a_wrapped_heading_among_single_ones_above_a_rule_is_of_its_column() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        center(sheet, 380, 74, "Guarantor")
        for x, name in ((280, "Parent"), (380, "Subsidiaries"), (480, "Others")):
            center(sheet, x, 86, name)
        across(sheet, 240, 520, 89)
        accounts(sheet, 102, 305, 405, 505)

    assert headings(draw) == [["", "Parent", "Guarantor Subsidiaries", "Others"]]


def test_a_section_above_shaded_rows_is_no_heading() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFillGray(0.9)
        for y in (102, 130, 158):
            sheet.rect(55, 842 - y - 4, 360, 14, stroke=0, fill=1)
        sheet.setFillGray(0)
        write(sheet, 60, 76, "(in millions)")
        for x, year in ((300, "2022"), (400, "2021")):
            right(sheet, x, 76, year)
        write(sheet, 60, 88, "Fleet", font=BOLD)
        accounts(sheet, 102, 300, 400)
        for number, (label, *amounts) in enumerate(ACCOUNTS):
            write(sheet, 60, 158 + 14 * number, label)
            for x, amount in zip((300, 400), amounts, strict=False):
                right(sheet, x, 158 + 14 * number, amount)

    assert grid(table_of(draw))[:2] == [["(in millions)", "2022", "2021"], ["Fleet", "", ""]]


def test_columns_of_answers_may_be_headed_not_applicable() -> None:
    cells = [["Quality", "Agree", "Disagree", "N/A"], ["Clear", "14", "57", "2"], ["Simple", "36", "43", "1"]]

    def draw(sheet: canvas.Canvas) -> None:
        across(sheet, 75, 480, 88, 103, 118, 133)
        down(sheet, 88, 133, 75, 180, 280, 380, 480)
        rows(sheet, [80, 185, 285, 385], 99, 15, cells)

    assert headings(draw) == cells[:1]


def test_a_label_that_reaches_under_a_heading_leaves_its_amount_alone() -> None:
    long = "Net earnings, with those that belong to noncontrolling interests and to all others"

    def draw(sheet: canvas.Canvas) -> None:
        for x, year in ((490, "Year ended June 2022"), (590, "June 2021")):
            right(sheet, x, 86, year)
        write(sheet, 60, 100, long)
        for x, amount in ((490, "2,210.8"), (590, "1,786.2")):
            right(sheet, x, 100, amount)
        accounts(sheet, 114, 490, 590)

    assert [long, "2,210.8", "1,786.2"] in grid(table_of(draw))


def test_a_sentence_that_introduces_a_table_ends_the_one_above() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for x, year in ((480, "2022"), (560, "2021")):
            right(sheet, x, 86, year, BOLD)
        accounts(sheet, 98, 480, 560)
        write(sheet, 60, 153, "The ships that were let to others in each of the years are as follows:")
        names = ("Aurelia", "Bellona", "Cecilia")
        for x, name in zip((280, 370, 460), names, strict=True):
            right(sheet, x, 166, name, BOLD)
        for number, (label, *days) in enumerate((("Spring", "12", "31", "40"), ("Summer", "90", "88", "71"))):
            write(sheet, 60, 178 + 12 * number, label)
            for x, day in zip((280, 370, 460), days, strict=True):
                right(sheet, x, 178 + 12 * number, day)

    tables, rest = page(draw)
    assert [len(grid(table)[0]) for table in tables] == [3, 4]
    assert "as follows:" in rest


def test_dashes_and_percent_signs_outside_a_column_are_in_it() -> None:
    cells = [["Sales", "5.9 %", "4.6 %"], ["Inventory", "–", "11.0"], ["Costs", "8.1 %", "–"], ["Taxes", "–", "7.2 %"],
             ["Margin", "1.1 %", "–"], ["Result", "2.0", "3.1 %"]]  # fmt: skip

    def draw(sheet: canvas.Canvas) -> None:
        for x, year in ((300, "2022"), (400, "2021")):
            right(sheet, x, 86, year)
        for number, (label, *amounts) in enumerate(cells):
            write(sheet, 60, 100 + 14 * number, label)
            for x, amount in zip((300, 400), amounts, strict=True):
                if amount == "–":
                    write(sheet, x + 0.5, 100 + 14 * number, amount, size=6)
                else:
                    right(sheet, x + (12 if "%" in amount else 0), 100 + 14 * number, amount)

    assert grid(table_of(draw))[1:] == cells


def test_a_table_of_wrapped_texts_that_goes_on_on_the_next_page_is_not_read_by_columns() -> None:
    birds = [
        ("Herons", "Nests of the herons below", "the mill, counted in March"),
        ("Egrets", "Nests of the egrets in the", "alders at the lower bend"),
        ("Storks", "Nests of the storks on the", "roof of the customs house"),
    ]

    def draw(sheet: canvas.Canvas) -> None:
        across(sheet, 75, 520, 88, 106)
        rows(sheet, [80, 180, 360], 100, 14, [["Bird", "What was counted there", "Where it was, and when"]])
        for number, (bird, *texts) in enumerate(birds):
            y = 120 + 44 * number
            write(sheet, 80, y, bird)
            write(sheet, 180, y, *texts, "(by the keeper of the harbour)")
            write(sheet, 360, y, *texts, "(in a boat of the harbour)")

    table = table_of(draw)
    assert grid(table)[1] == [
        "Herons",
        "Nests of the herons below the mill, counted in March (by the keeper of the harbour)",
        "Nests of the herons below the mill, counted in March (in a boat of the harbour)",
    ]
    assert [row[0] for row in grid(table)] == ["Bird", "Herons", "Egrets", "Storks"]


def test_the_first_of_some_names_and_values_is_no_heading() -> None:
    cells = [["Plan Name", "Anyplan"], ["Plan Number", "511"], ["Type of Plan", "Self-funded"], ["Year", "2019"],
             ["Sponsor", "Anycompany"], ["Agent", "The secretary"]]  # fmt: skip

    def draw(sheet: canvas.Canvas) -> None:
        across(sheet, 75, 400, *range(88, 179, 15))
        down(sheet, 88, 178, 75, 200, 400)
        rows(sheet, [80, 205], 99, 15, cells)

    table = table_of(draw)
    assert grid(table) == cells
    assert (table.header_rows, table.header_columns) == (0, 1)


def test_what_stands_over_new_headings_is_none_of_the_table_above() -> None:
    kinds = ("Owned", "Leased", "Sold"), ("Let", "Lost", "Laid up")

    def draw(sheet: canvas.Canvas) -> None:
        for y, year, names in zip((72, 160), ("2019", "2018"), kinds, strict=True):
            center(sheet, 386, y, year)
            across(sheet, 270, 500, y + 3)
            for x, name in zip((300, 400, 500), names, strict=True):
                right(sheet, x, y + 12, name, BOLD)
            accounts(sheet, y + 25, 300, 400, 500)

    tables, _ = page(draw)
    assert [len(grid(table)) for table in tables] == [6, 6]
    assert [grid(table)[0] for table in tables] == [["", *["2019"] * 3], ["", *["2018"] * 3]]


def test_a_loss_with_its_sign_apart_is_an_amount_below_the_headings_of_its_year() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for x, day, year in ((330, "June 26,", "2015"), (430, "June 27,", "2014"), (530, "June 28,", "2013")):
            center(sheet, x - 35, 72, day, size=8)
            center(sheet, x - 35, 81, year, size=8)
        center(sheet, 395, 91, "(In millions)", size=8)
        write(sheet, 60, 103, "Cash flows from operating activities:")
        write(sheet, 70, 116, "Net loss")
        for x, amount in ((330, "(660)"), (430, "(403)"), (530, "(83)")):
            write(sheet, x - 70, 116, "$")
            right(sheet, x, 116, amount)
        accounts(sheet, 129, 330, 430, 530)

    table = table_of(draw)
    assert grid(table)[:4] == [
        ["", "June 26, 2015", "June 27, 2014", "June 28, 2013"],
        ["", *["(In millions)"] * 3],
        ["Cash flows from operating activities:", "", "", ""],
        ["Net loss", "$ (660)", "$ (403)", "$ (83)"],
    ]
    assert table.header_rows == 2


def test_amounts_right_below_the_headings_are_a_row() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFillGray(0.9)
        for y in (112, 138, 164):
            sheet.rect(55, 842 - y - 4, 460, 13, stroke=0, fill=1)
        sheet.setFillGray(0)
        write(sheet, 60, 86, "Fiscal Years Ended", font=BOLD)
        for x, day in ((350, "January 30, 2016"), (500, "January 31, 2015")):
            right(sheet, x, 86, day, BOLD)
        write(sheet, 60, 99, "Revenue")
        for x, amount in ((350, "39,528"), (500, "40,339")):
            right(sheet, x, 99, amount)
        for number, (label, *amounts) in enumerate([*ACCOUNTS, *ACCOUNTS]):
            write(sheet, 60, 112 + 13 * number, label)
            for x, amount in zip((350, 500), amounts, strict=False):
                right(sheet, x, 112 + 13 * number, amount)

    assert grid(table_of(draw))[:2] == [
        ["Fiscal Years Ended", "January 30, 2016", "January 31, 2015"], ["Revenue", "39,528", "40,339"]
    ]  # fmt: skip


def test_a_unit_at_the_side_is_of_all_columns_and_a_row_of_its_own() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        right(sheet, 500, 74, "(dollars in millions)")
        for x, year in ((300, "2019"), (400, "2018"), (500, "2017")):
            right(sheet, x, 86, year)
        accounts(sheet, 98, 300, 400, 500)

    assert headings(draw) == [["", *["(dollars in millions)"] * 3], ["", "2019", "2018", "2017"]]


def test_headings_that_go_on_in_small_letters_are_those_of_their_columns() -> None:
    ends = (254, 300, 350, 434, 480, 530)

    def draw(sheet: canvas.Canvas) -> None:
        right(sheet, 300, 96, "graduate Graduate")  # One string over two columns, twice.
        right(sheet, 480, 96, "graduate Graduate")
        write(sheet, 60, 108, "Borrowers")
        for x, text in zip(ends, ("only", "only", "Both") * 2, strict=True):
            right(sheet, x, 108, text)
        for number, (label, *amounts) in enumerate(ACCOUNTS):
            write(sheet, 60, 130 + 14 * number, label)
            for x, amount in zip(ends, [amount[:4] for amount in amounts[:3] * 2], strict=True):
                right(sheet, x, 130 + 14 * number, amount)

    above = ["", "graduate", "Graduate", "", "graduate", "Graduate", ""]
    below = ["Borrowers", "only", "only", "Both", "only", "only", "Both"]
    joined = [f"{a} {b}".strip() for a, b in zip(above, below, strict=True)]
    found = grid(table_of(draw))
    assert found[:2] == [above, below] or found[0] == joined
