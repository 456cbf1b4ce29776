"""Lists as a person sees them: items by their marks, check boxes, terms with what they mean."""

from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas
from support.drawn import Text, draw_pages, prose

from docqa.documents import Document, parse, read

TASKS = [
    ["Agree on the berths."],
    ["Ask the pilots, the lock keepers and the master of the dredger when they have", "time for the trial."],
    ["Order the buoys."],
    ["Have the chart drawn with all depths at the lowest tide, as they were sounded in", "the spring, and send it to",
     "the three masters."],
    ["Paint the beacon."],
]  # fmt: skip


def blocks(document: Document, *kinds: str) -> list[str]:
    """Texts of the document's blocks, or of those of some kinds."""
    return [
        " ".join(document.text[block.start : block.end].split())
        for block in document.blocks
        if not kinds or block.kind in kinds
    ]


def draw_square(sheet: canvas.Canvas, left: float, lower: float, right: float, upper: float) -> None:
    """Four lines, each drawn by itself."""
    for side in ((left, upper, right, upper), (left, lower, right, lower)):
        sheet.line(*side)
    for side in ((left, lower, left, upper), (right, lower, right, upper)):
        sheet.line(*side)


def checklist(path: Path, *, at: float, step: float = 18, checked: int | None = None) -> Document:
    """Tasks with a box of four lines beside each: `at` 0 beside the first line, 0.5 beside the middle."""
    sheet = canvas.Canvas(str(path), pagesize=A4, invariant=1)
    sheet.setFont("Helvetica", 11)
    y = 100.0
    for number, task in enumerate(TASKS):
        middle = y - 4 + at * 13 * (len(task) - 1)
        left, right, upper, lower = 60, 70.5, A4[1] - middle + 5.25, A4[1] - middle - 5.25
        draw_square(sheet, left, lower, right, upper)
        if number == checked:
            sheet.drawString(62, lower + 2, "X")
        for line in task:
            sheet.drawString(92, A4[1] - y, line)
            y += 13
        y += step - 13
    sheet.save()
    return parse(read(str(path)))


@pytest.mark.parametrize(("at", "step"), [(0, 18), (0.5, 18), (0, 13)])
def test_a_drawn_check_box_begins_an_item(tmp_path: Path, at: float, step: float) -> None:
    document = checklist(tmp_path / "a.pdf", at=at, step=step)
    assert blocks(document) == ["☐ " + " ".join(task) for task in TASKS]


def test_a_drawn_check_box_with_a_cross_is_checked(tmp_path: Path) -> None:
    items = blocks(checklist(tmp_path / "a.pdf", at=0, checked=2))
    assert items[2] == "☒ Order the buoys."
    assert sum(item.startswith("☐") for item in items) == len(TASKS) - 1


def test_boxes_for_single_letters_are_no_check_boxes(tmp_path: Path) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), pagesize=A4, invariant=1)
    sheet.setFont("Helvetica", 11)
    for row in range(3):
        y = 700 - 40 * row
        for x in range(60, 160, 13):
            sheet.lines(
                [(x, y, x + 11, y), (x, y + 11, x + 11, y + 11), (x, y, x, y + 11), (x + 11, y, x + 11, y + 11)]
            )
        sheet.drawString(170, y + 2, f"Number of boat {row}")
    sheet.save()
    assert "☐" not in parse(read(str(tmp_path / "a.pdf"))).text


def test_a_sentence_that_counts_goes_on_in_a_line_that_begins_with_a_number(tmp_path: Path) -> None:
    sentence = (
        "To take part in the trial, please do what follows before the first of May: (i) read the rules,",
        "(ii) tell the harbour master the name of your boat, and (iii) ask a second person to come",
        "with you.",
    )
    page = [Text(100 + 13 * number, line) for number, line in enumerate(sentence)]
    assert blocks(parse(read(str(draw_pages(tmp_path / "a.pdf", [page]))))) == [" ".join(sentence)]


def test_items_after_one_that_begins_in_the_line_of_its_section_are_items(tmp_path: Path) -> None:
    section = (
        "1. Dues. (a) The dues are paid by every boat that lies in the harbour.",
        "(b) A boat that has paid elsewhere pays half.",
    )
    page = [Text(100 + 13 * number, line) for number, line in enumerate(section)]
    assert len(blocks(parse(read(str(draw_pages(tmp_path / "a.pdf", [page])))))) == 2


def test_terms_and_what_they_mean_below_them_are_read_in_order(tmp_path: Path) -> None:
    terms = {
        "berth": ["The place where a boat lies while it is in the harbour, and", "for which its owner pays the dues."],
        "draught": ["How deep a boat goes into the water when it carries all", "that it may carry."],
        "spar": ["A mast, a yard or a boom, of wood or of any metal that", "doesn't rust."],
    }
    page = []
    for number, (term, meaning) in enumerate(terms.items()):
        page.append(Text(100 + 60 * number, term, font="Courier"))
        page += [Text(124 + 60 * number + 13 * index, line, 180) for index, line in enumerate(meaning)]
    expected = [text for term, meaning in terms.items() for text in (term, " ".join(meaning))]
    assert blocks(parse(read(str(draw_pages(tmp_path / "a.pdf", [page]))))) == expected


def test_a_bullet_of_the_second_level_drawn_with_its_text_begins_an_item(tmp_path: Path) -> None:
    items = [
        ("\N{BULLET}", "The beacon", 60),
        ("o", "Paint it", 84),
        ("o", "Oil its lamp", 84),
        ("\N{BULLET}", "The lock", 60),
    ]
    page = [Text(100 + 13 * number, f"{mark} {text}", x) for number, (mark, text, x) in enumerate(items)]
    document = parse(read(str(draw_pages(tmp_path / "a.pdf", [page]))))
    assert blocks(document, "list_item") == [f"\N{BULLET} {text}" for _, text, _ in items]


@pytest.mark.parametrize("cut", [6, 25])
def test_an_address_that_ends_a_line_is_one_with_the_rest_of_it(tmp_path: Path, cut: int) -> None:
    address = "https://harbour.example.org/lower/minutes/1911"
    first = "The minutes of the year in which the beacon was built are kept, with the letters, at "
    page = [
        Text(100, first + address[:cut]),
        Text(113, address[cut:], font="Courier"),
        *[Text(126 + 13 * n, "and the plans that were drawn for the lock are in the archive of the town, with others.")
          for n in range(2)],
    ]  # fmt: skip
    document = parse(read(str(draw_pages(tmp_path / "a.pdf", [page]))))
    assert blocks(document)[0].startswith(first + address)


def test_the_number_of_a_slide_beside_its_title_is_no_part_of_it(tmp_path: Path) -> None:
    slides = []
    for number, title in enumerate(("Ground rules", "What is open", "Who does what"), 1):
        items = [Text(160 + 24 * i, f"\N{BULLET} {item}", 90, 16) for i, item in enumerate((f"One of {title}", "Two"))]
        slides.append([Text(80, title, 90, 30), *items, Text(76, str(number), 40, 16)])
    document = parse(read(str(draw_pages(tmp_path / "a.pdf", slides))))
    assert blocks(document, "heading") == ["Ground rules", "What is open", "Who does what"]
    assert blocks(document, "header") == ["1", "2", "3"]


def test_what_is_beside_a_paragraph_is_no_part_of_its_sentence(tmp_path: Path) -> None:
    needed = ["a bowl that holds a gallon", "cheesecloth or a bag"]
    steps = [
        "Once the vinegar has stopped to bubble, strain the scraps through a cloth",
        "into the bowl. Press the scraps to get as much out of them as you can, and",
        "throw them away.",
    ]
    page = [Text(100 + 13 * number, line) for number, line in enumerate(needed)]
    page += [Text(100 + 13 * number, line, 240) for number, line in enumerate(steps)]
    found = blocks(parse(read(str(draw_pages(tmp_path / "a.pdf", [page])))))
    assert found == [" ".join(needed), " ".join(steps)]


def test_a_term_beside_a_sentence_of_two_lines_does_not_cut_it(tmp_path: Path) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), pagesize=A4, invariant=1)
    meanings = {
        "Figure 1": ["The lower harbour with its two piers and the beacon that was", "built before the war"],
        "Figure 2": ["A barge with its mast lowered, as it passes the bridge at the", "end of Ferry Street"],
    }
    y = 700
    for term, lines in meanings.items():
        text = sheet.beginText(60, y)  # Drawn as one text, as a word processor does with a tab.
        text.setFont("Times-Roman", 11)
        text.textOut(term)
        text.setTextOrigin(130, y)
        text.textOut(lines[0])
        text.setTextOrigin(130, y - 13)
        text.textOut(lines[1])
        sheet.drawText(text)
        y -= 60
    sheet.save()
    found = blocks(parse(read(str(tmp_path / "a.pdf"))))
    assert found == [f"{term} {' '.join(lines)}" for term, lines in meanings.items()]


def test_an_amount_beside_a_sentence_of_two_lines_does_not_cut_it(tmp_path: Path) -> None:
    steps = {
        "1 tsp": ["salt", "Put a spoon of salt in with the roots, turn on the heat,", "and stir for five minutes."],
        "2 cloves": ["garlic", "Near the end of the five minutes cut up the cloves, as", "fine as you can."],
    }
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), pagesize=A4, invariant=1)
    for number, (amount, (name, first, second)) in enumerate(steps.items()):
        text = sheet.beginText(60, 700 - 60 * number)
        text.setFont("Times-Roman", 11)
        for x, y, words in ((60, 0, amount), (110, 0, name), (240, 0, first), (240, 13, second)):
            text.setTextOrigin(x, 700 - 60 * number - y)
            text.textOut(words)
        sheet.drawText(text)
    sheet.save()
    found = blocks(parse(read(str(tmp_path / "a.pdf"))))
    assert {f"{first} {second}" for _, first, second in steps.values()} <= set(found)


def test_code_that_is_coloured_word_by_word_has_no_other_spaces(tmp_path: Path) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), pagesize=A4, invariant=1)
    sheet.setFont("Courier", 10)
    for number, words in enumerate(
        (["rename!", "(boats, ", ":", '"Name"', ")"], ["print", "(", "boats", ") ", "# all"])
    ):
        x = 60.0
        for index, word in enumerate(words):
            sheet.setFillGray(0.3 * (index % 2))
            sheet.drawString(x, 700 - 12 * number, word)
            x += 6 * len(word)
    sheet.save()
    (found,) = blocks(parse(read(str(tmp_path / "a.pdf"))))
    assert found == 'rename!(boats, :"Name") print(boats) # all'


def test_titles_below_each_other_are_several_and_the_lines_of_one_are_one(tmp_path: Path) -> None:
    titles = ["Opening (ten minutes)", "The dues (half an hour)", "The beacon (ten minutes)"]
    page = [Text(100 + 20 * number, title, size=11, font="Times-Bold") for number, title in enumerate(titles)]
    page += [Text(y, line, size=11, font="Times-Bold") for y, line in ((200, "The harbour"), (214, "And its Lock"))]
    page += prose(260, 8, "Minutes")
    document = parse(read(str(draw_pages(tmp_path / "a.pdf", [page]))))
    assert blocks(document, "heading") == [*titles, "The harbour And its Lock"]


def test_a_line_below_the_bullet_of_a_short_item_is_no_part_of_it(tmp_path: Path) -> None:
    page = [Text(80 + 13 * n, f"\N{BULLET} {line.text}") for n, line in enumerate(prose(0, 3, "Minutes"))]
    page += [Text(119, "\N{BULLET} The lamp is oiled"), Text(132, "Turbine of the mill")]
    assert blocks(parse(read(str(draw_pages(tmp_path / "a.pdf", [page])))))[-2:] == [
        "\N{BULLET} The lamp is oiled",
        "Turbine of the mill",
    ]


def test_clauses_numbered_like_times_are_no_table(tmp_path: Path) -> None:
    clauses = [
        ("1.13", "Where any statement is qualified by the words of the parties, it is made after"),
        ("", "due and careful enquiry by each of them."),
        ("1.14", "Words before the word include are construed without limitation by what comes"),
        ("", "after them in the same sentence."),
        ("1.15", "Where there is any conflict between the provisions, it is resolved according to"),
        ("", "the following order of priority:"),
    ]
    page = [Text(100 + 13 * n + 8 * (n // 2), text, x=100) for n, (_, text) in enumerate(clauses)]
    page += [Text(100 + 13 * n + 8 * (n // 2), number, x=60) for n, (number, _) in enumerate(clauses) if number]
    page += [Text(200, "(a)", x=100), Text(200, "the clauses of this agreement;", x=125)]
    found = blocks(parse(read(str(draw_pages(tmp_path / "a.pdf", [page])))))
    assert not any(text.startswith("1.13 ") and "1.14" in text for text in found)
    assert (
        "1.14 Words before the word include are construed without limitation by what comes after them in the same"
        in ("\n".join(found))
    )


def test_items_with_a_point_and_a_bracket_and_short_lines_of_quantities(tmp_path: Path) -> None:
    questions = ["1.) What did I work on last week?", "2.) What comes next week?", "3.) What is in the way?"]
    things = ["1.5 cup flour", "2 tsp sugar", "3 eggs - well beaten"]
    page = [
        *(Text(100 + 13 * i, line) for i, line in enumerate(questions)),
        *(Text(200 + 13 * i, line) for i, line in enumerate(things)),
    ]
    document = parse(read(str(draw_pages(tmp_path / "a.pdf", [page]))))
    assert [document.text[block.start : block.end] for block in document.blocks] == [*questions, *things]
    assert [block.kind for block in document.blocks][:3] == ["list_item"] * 3
