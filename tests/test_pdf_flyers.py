"""Flyers, posters, recipes and slides: boxes with texts, large numbers, and short texts beside long ones."""

from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas
from support.drawn import Text, draw_pages

from docqa.documents import Document, parse, read

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom."""

STEPS = [
    ["Put a tablespoon of oil in a pot on the stove. Don't", "turn the stove on yet."],
    [
        "Cut up the potatoes and the squash, and put the",
        "pieces in the pot as you go. They are easier to peel",
        "warm.",
    ],
    ["Put the salt in with the vegetables, turn on the heat,", "and stir them for five minutes."],
]


def drawn(tmp_path: Path, texts: list[Text], boxes: list[Box]) -> Document:
    """A page with texts on shaded boxes."""
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), pagesize=A4, invariant=1)
    sheet.setFillGray(0.8)
    for x0, top, x1, bottom in boxes:
        sheet.rect(x0, A4[1] - bottom, x1 - x0, bottom - top, stroke=0, fill=1)
    sheet.setFillGray(0)
    for y, text, x, size, font in texts:
        sheet.setFont(font, size)
        sheet.drawString(x, A4[1] - y, text)
    sheet.save()
    return parse(read(str(tmp_path / "a.pdf")))


def blocks(document: Document, *kinds: str) -> list[str]:
    return [
        " ".join(document.text[block.start : block.end].split())
        for block in document.blocks
        if not kinds or block.kind in kinds
    ]


def test_what_is_short_on_the_left_is_read_before_the_text_beside_it(tmp_path: Path) -> None:
    page: list[Text] = []
    top = 80.0
    for step, things in zip(STEPS, (["2 tbsp oil"], ["3 potatoes", "1 squash"], ["1 tsp salt"]), strict=True):
        page += [Text(top + 13 * i, thing, 60) for i, thing in enumerate(things)]
        page += [Text(top + 13 * i, line, 240) for i, line in enumerate(step)]
        top += 13 * len(step) + 8
    found = blocks(parse(read(str(draw_pages(tmp_path / "a.pdf", [page])))))
    steps = [" ".join(step) for step in STEPS]
    assert found == ["2 tbsp oil", steps[0], "3 potatoes", "1 squash", steps[1], "1 tsp salt", steps[2]]


def test_two_columns_of_prose_are_read_one_after_the_other(tmp_path: Path) -> None:
    page = [
        Text(80 + 13 * (3 * row + line) + 8 * row, text, x)
        for x in (60, 320)
        for row, step in enumerate(STEPS)
        for line, text in enumerate(step[:2])
    ]
    found = blocks(parse(read(str(draw_pages(tmp_path / "a.pdf", [page])))))
    assert " ".join(found).count(f"{STEPS[0][0]} {STEPS[0][1]}") == 2
    assert " ".join(found[: len(found) // 2]).startswith("Put a tablespoon")
    assert "salt" in " ".join(found[: len(found) // 2])


def test_a_title_and_what_stands_at_the_right_edge_are_two_blocks(tmp_path: Path) -> None:
    page = [Text(80, "Potato stew", 60, 18), Text(80, "3 portions", 480, 11), Text(120, "Cook it.", 60)]
    assert blocks(parse(read(str(draw_pages(tmp_path / "a.pdf", [page]))))) == ["Potato stew", "3 portions", "Cook it."]


def test_each_box_is_read_as_a_whole(tmp_path: Path) -> None:
    cards = [("Fares from Brisbane", "378", "398"), ("Fares from Adelaide", "418", "438"), ("From Perth", "698", "712")]
    texts: list[Text] = []
    boxes: list[Box] = []
    for number, (title, economy, points) in enumerate(cards):
        x = 60 + 160 * number
        boxes.append((x, 80, x + 150, 170))
        texts.append(Text(100, title, x + 8, 14))
        texts += [Text(y, f"Economy {price}", x + 8) for y, price in ((125, economy), (150, points))]
    texts.sort(key=lambda text: text.y)  # Row by row, as a layout program draws them.
    texts.append(Text(200, "Luggage allowances and travel conditions", 60))
    document = drawn(tmp_path, texts, boxes)
    assert document.tables == ()
    assert " ".join(blocks(document)) == " ".join(
        [f"{title} Economy {economy} Economy {points}" for title, economy, points in cards]
        + ["Luggage allowances and travel conditions"]
    )


def test_labels_of_a_chart_in_a_frame_divide_no_sentence(tmp_path: Path) -> None:
    sentence = [
        "The risk of having a disability",
        "increased with older age groups,",
        "and it was highest for people",
        "older than eighty years.",
    ]
    texts = [Text(80 + 26 * i, line, 60) for i, line in enumerate(sentence)]
    texts += [Text(72 + 20 * i, f"{value}.5", 330 + 15 * i, 8) for i, value in enumerate((70, 53, 42, 35))]
    chart = drawn(tmp_path, sorted(texts, key=lambda text: text.y), [(310, 60, 500, 160)])
    assert " ".join(sentence) in " ".join(blocks(chart))


def test_shaded_cells_of_a_table_are_no_boxes(tmp_path: Path) -> None:
    rows = [
        ("Ship", "Built", "Tons"),
        ("Aurelia", "1861", "214"),
        ("Bellona", "1872", "1,198"),
        ("Clio", "1880", "640"),
    ]
    texts = [Text(100 + 40 * i, cell, 70 + 120 * j) for i, row in enumerate(rows) for j, cell in enumerate(row)]
    texts += [Text(112 + 40 * i, "of oak and iron", 70, 8) for i in range(4)]
    texts += [Text(122 + 40 * i, "and copper", 70, 8) for i in range(4)]
    boxes = [(60 + 120 * j, 85 + 40 * i, 179 + 120 * j, 124 + 40 * i) for i in range(4) for j in range(3)]
    document = drawn(tmp_path, sorted(texts, key=lambda text: (text.y, text.x)), boxes)
    assert len(document.tables) == 1


def test_small_lines_beside_a_large_number_belong_to_it(tmp_path: Path) -> None:
    page = [
        Text(100, "$378+", 60, 28),
        Text(88, "ECONOMY", 150, 9),
        Text(98, "RETURN", 150, 9),
        Text(140, "23,400", 60, 28),
        Text(128, "VELOCITY", 160, 9),
        Text(138, "POINTS", 160, 9),
    ]
    for order in (page, sorted(page, key=lambda text: text.y)):
        found = blocks(parse(read(str(draw_pages(tmp_path / "a.pdf", [order])))))
        assert found == ["$378+ ECONOMY RETURN", "23,400 VELOCITY POINTS"]


def test_a_number_before_a_paragraph_takes_none_of_its_lines(tmp_path: Path) -> None:
    lines = [
        "The harbour was dredged in spring",
        "and again before the storms of",
        "autumn came over its bar, from",
        "the west.",
    ]
    page = [Text(100, "3", 60, 28), *(Text(82 + 11 * i, line, 90, 9) for i, line in enumerate(lines))]
    found = " ".join(blocks(parse(read(str(draw_pages(tmp_path / "a.pdf", [page]))))))
    assert " ".join(lines) in found


def test_a_title_in_higher_letters_of_the_same_font_ends_above_its_text(tmp_path: Path) -> None:
    text = ["You may think that you are not good enough, but", "half of the doctorates in Belgium feel so, too."]
    page = [
        Text(80, "IMPOSTOR SYNDROME AND OTHER STORIES", 60, 20),
        *(Text(99 + 13 * i, line, 60, 11) for i, line in enumerate(text)),
    ]
    document = parse(read(str(draw_pages(tmp_path / "a.pdf", [page]))))
    assert blocks(document) == ["IMPOSTOR SYNDROME AND OTHER STORIES", " ".join(text)]
    assert blocks(document, "heading") == ["IMPOSTOR SYNDROME AND OTHER STORIES"]


def test_two_columns_of_a_title_whose_lines_happen_to_be_level_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = [Text(80, "Queer collaborations", 60, 11), Text(94, "7-12 July", 60, 11)]
    right = [
        Text(94.5, "Queensland", 440, 15),
        Text(112, "South Australia", 420, 15),
        Text(130, "Western Australia", 410, 15),
    ]
    page = [left[0], left[1], right[0], *right[1:]]
    found = " ".join(blocks(parse(read(str(draw_pages(tmp_path / "a.pdf", [page]))))))
    assert found == "Queer collaborations 7-12 July Queensland South Australia Western Australia"


def test_the_first_item_of_an_agenda_is_no_heading(tmp_path: Path) -> None:
    items = [
        ("9:30", "Registration", "Hall"),
        ("10:00-11:30", "Session 4", "Room 2"),
        ("11:30-11:50", "Coffee break", "Lounge"),
        ("12:20", "Lunch", "Lounge"),
    ]
    bold = ("Helvetica-Bold", "Helvetica", "Helvetica", "Helvetica")
    page = [
        Text(100 + 24 * i, text, x, 10, font)
        for i, (row, font) in enumerate(zip(items, bold, strict=True))
        for x, text in zip((60, 200, 360), row, strict=True)
    ]
    (table,) = parse(read(str(draw_pages(tmp_path / "a.pdf", [page])))).tables
    assert (table.header_rows, table.header_columns) == (0, 1)
