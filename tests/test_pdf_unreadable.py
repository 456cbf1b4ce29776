"""What can't be read of a PDF is reported in one sentence, and never answered from."""

import base64
import random
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas
from support.drawn import edited
from support.samples import SAMPLES, SHARED

from docqa.documents import Document, parse, read
from docqa.documents.pdf.page_faults import page_ranges
from docqa.documents.pdf.unreadable import is_garbled
from docqa.errors import DocqaError

REPORT = " ".join((SAMPLES / "expedition-journal.txt").read_text(encoding="utf-8").split())[:2400]

# Article 1 of the Universal Declaration of Human Rights.
LANGUAGES = {
    "Czech": "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a "
    "svědomím a mají spolu jednat v duchu bratrství.",
    "Danish": "Alle mennesker er født frie og lige i værdighed og rettigheder. De er udstyret med fornuft og "
    "samvittighed, og de bør handle mod hverandre i en broderskabets ånd.",
    "Dutch": "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd met "
    "verstand en geweten, en behoren zich jegens elkander in een geest van broederschap te gedragen.",
    "Finnish": "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu "
    "järki ja omatunto, ja heidän on toimittava toisiaan kohtaan veljeyden hengessä.",
    "French": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison "
    "et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité.",
    "German": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und "
    "Gewissen begabt und sollen einander im Geiste der Brüderlichkeit begegnen.",
    "Greek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι "
    "προικισμένοι με λογική και συνείδηση, και οφείλουν να συμπεριφέρονται μεταξύ τους με πνεύμα αδελφοσύνης.",
    "Hungarian": "Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az emberek, ésszel és "
    "lelkiismerettel bírván, egymással szemben testvéri szellemben kell hogy viseltessenek.",
    "Indonesian": "Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama. Mereka "
    "dikaruniai akal dan hati nurani dan hendaknya bergaul satu sama lain dalam semangat persaudaraan.",
    "Italian": "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di "
    "ragione e di coscienza e devono agire gli uni verso gli altri in spirito di fratellanza.",
    "Japanese": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "Korean": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 "
    "양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다.",
    "Polish": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni "
    "rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa.",
    "Russian": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и "
    "совестью и должны поступать в отношении друг друга в духе братства.",
    "Spanish": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de "
    "razón y conciencia, deben comportarse fraternalmente los unos con los otros.",
    "Swahili": "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa. Wote wamejaliwa akili na dhamiri, hivyo "
    "yapasa watendeane kindugu.",
    "Turkish": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve "
    "birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler.",
    "Vietnamese": "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi. Mọi con người "
    "đều được tạo hoá ban cho lý trí và lương tâm và cần phải đối xử với nhau trong tình bằng hữu.",
    "Welsh": "Genir pawb yn rhydd ac yn gydradd â'i gilydd mewn urddas a hawliau. Fe'u cynysgaeddir â rheswm a "
    "chydwybod, a dylai pawb ymddwyn y naill at y llall mewn ysbryd cymodlon.",
}


def load(path: Path) -> Document:
    return parse(read(str(path)))


def body(document: Document) -> str:
    return document.text[: document.body_end]


def shifted(text: str, by: int = 3) -> str:
    def letter(character: str) -> str:
        first = "A" if character.isupper() else "a"
        return chr((ord(character) - ord(first) + by) % 26 + ord(first)) if character.isalpha() else character

    return "".join(map(letter, text))


def written(path: Path, *pages: str) -> Path:
    """A PDF with a text on each page; "" is a blank page, and "#" one with a picture, here a rectangle."""
    sheet = canvas.Canvas(str(path), invariant=1)
    for page in pages:
        if page == "#":
            sheet.rect(100, 100, 300, 300)
        else:
            for number, start in enumerate(range(0, len(page), 80)):
                sheet.drawString(60, 780 - 14 * number, page[start : start + 80])
        sheet.showPage()
    sheet.save()
    return path


# Garbled text -------------------------------------------------------------------------------------


def test_pages_with_other_letters_than_they_show_are_reported_and_not_read(tmp_path: Path) -> None:
    document = load(written(tmp_path / "a.pdf", REPORT, shifted(REPORT), shifted(REPORT).upper(), REPORT[600:]))
    assert document.warnings == (
        "the text of pages 2–3 can't be read: the file names other letters than it shows; run it through OCR, for "
        "example `ocrmypdf --force-ocr in.pdf out.pdf`",
    )
    garbled = document.page_lines(2)
    assert garbled
    assert all(line.start >= document.body_end for line in garbled)
    assert REPORT[:40] in body(document)


def test_a_document_without_a_readable_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocqaError, match=r"the text of .*a\.pdf can't be read") as refused:
        load(written(tmp_path / "a.pdf", shifted(REPORT), ""))
    assert "--force-ocr" in refused.value.hint


def test_codes_without_a_table_of_letters_are_no_text(tmp_path: Path) -> None:
    """A subset font whose glyphs have no names and no ToUnicode: the codes are in the order of first use."""
    text = REPORT[:1200]
    codes = {letter: code for code, letter in enumerate(dict.fromkeys(text), 33)}
    file = written(tmp_path / "a.pdf", REPORT, "".join(chr(codes[letter]) for letter in text if codes[letter] < 127))

    def rename(writer: PdfWriter) -> None:
        font = next(iter(writer.pages[1]["/Resources"]["/Font"].values())).get_object()
        unnamed = DictionaryObject(font)
        unnamed[NameObject("/Encoding")] = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Encoding"),
                NameObject("/Differences"): ArrayObject(
                    [NumberObject(33), *(NameObject(f"/g{n}") for n in range(33, 127))]
                ),
            }
        )
        writer.pages[1][NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(unnamed)})}
        )

    document = load(edited(file, rename))
    assert "the text of page 2 can't be read" in document.warnings[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unmapped", [0.0, 1.0])
def test_no_language_is_taken_for_garbage(language: str, unmapped: float) -> None:
    assert not is_garbled(LANGUAGES[language], unmapped)
    assert not is_garbled(f"{LANGUAGES[language]}\n" * 8, unmapped)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"GPIO{n}_N  {2 * n}  GND  PIN_{n}  VDD_IO  MPLS{n}" for n in range(90)),
        "\n".join(base64.b64encode(random.Random(n).randbytes(60)).decode() for n in range(40)),
        "\n".join(random.Random(n).randbytes(24).hex(" ") for n in range(60)),
        "\n".join("".join(random.Random(n).choices("ACGT", k=60)) for n in range(40)),
        "\n".join("mov r0, #1\nldr r1, [sp, #4]\nbl strncmp\ncmp r0, #0\nbne .L3\nlsl r2, r1, #2" for _ in range(20)),
        "\n".join(f"PTFE-FKM {n}  NPSHr kPa  DN{n}  BSPP G1/2  HDPE/PVC-U  qty {n}" for n in range(60)),
        "\n".join("".join(random.Random(n).choices("ARNDCEQGHILKMFPSTWYV", k=10)) for n in range(200)),
    ],
    ids=["pins", "base64", "hex", "DNA", "assembly", "parts", "protein"],
)
def test_no_table_or_code_is_taken_for_garbage(text: str) -> None:
    assert not is_garbled(text, 0.0)


@pytest.mark.parametrize(
    ("text", "unmapped"),
    [
        (shifted(REPORT), 0.0),
        (shifted(LANGUAGES["German"] * 8, 7), 0.0),
        ((LANGUAGES["Russian"] * 4).encode("cp1251").decode("latin-1"), 0.0),
        ("".join(chr(0xF000 + ord(letter)) for letter in REPORT), 0.0),
        ("".join(chr(ord(letter) - 29) for letter in REPORT if " " <= letter <= "~"), 1.0),
        (shifted(LANGUAGES["Polish"]), 1.0),
        (" ".join("̽ଋҨ ǥƹ̽ ୡȥഎ ୡࣧҨ ဌʾဎ ಱ̽ೌ" for _ in range(4)), 1.0),
    ],
    ids=["shifted", "German shifted", "cp1251", "private use", "glyph numbers", "short", "scripts"],
)
def test_garbage_is_recognized(text: str, unmapped: float) -> None:
    assert is_garbled(text, unmapped)


@pytest.mark.skipif(not (SHARED / "pdfs").is_dir(), reason="the shared PDFs are not next to this checkout")
def test_no_page_of_real_pdfs_is_taken_for_garbage() -> None:
    folders = (SHARED / "pdfs", SHARED / "data" / "dev" / "folder" / "docs")
    for file in (file for folder in folders for file in sorted(folder.glob("*.pdf"))):
        try:
            warnings = load(file).warnings
        except DocqaError as refusal:
            warnings = (refusal.message,)
        assert not any("can't be read:" in warning or "letters are missing" in warning for warning in warnings), file


def test_vertical_writing_that_is_lost_is_no_scan(tmp_path: Path) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3", isVertical=True))
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), invariant=1)
    sheet.setFont("HeiseiMin-W3", 14)
    for column in range(12):
        sheet.drawString(500 - 30 * column, 700, "わたくしといふ現象は假定された有機交流電燈の")
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiKakuGo-W5"))
    sheet.setFont("HeiseiKakuGo-W5", 12)
    sheet.drawString(60, 60, "春と修羅")
    sheet.save()
    warning = "letters are missing from the text of page 1"
    assert load(tmp_path / "a.pdf").warnings[0].startswith(warning)


# Pages without text -------------------------------------------------------------------------------


def test_pictures_among_pages_of_text_are_named_and_blank_pages_are_not(tmp_path: Path) -> None:
    pages = [REPORT] * 12
    for number, page in ((3, "#"), (5, ""), (7, "#"), (8, "#")):
        pages[number - 1] = page
    assert load(written(tmp_path / "a.pdf", *pages)).warnings == ("pages 3, 7–8 have no text",)


def test_a_blank_document_is_not_called_a_scan(tmp_path: Path) -> None:
    with pytest.raises(DocqaError, match="has nothing on any of its 2 pages") as refused:
        load(written(tmp_path / "a.pdf", "", ""))
    assert "blank or damaged" in refused.value.hint


def test_damaged_content_is_not_called_a_scan(tmp_path: Path) -> None:
    file = written(tmp_path / "a.pdf", REPORT)

    def spoil(writer: PdfWriter) -> None:
        content = StreamObject()
        content.set_data(b"\x00\x17garbage" * 40)
        content[NameObject("/Filter")] = NameObject("/FlateDecode")
        writer.pages[0][NameObject("/Contents")] = writer._add_object(content)

    with pytest.raises(DocqaError, match="is damaged: parts of it can't be decompressed"):
        load(edited(file, spoil))


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ([3], "page 3"),
        ([1, 2, 3], "pages 1–3"),
        ([3, 7, 8, 9], "pages 3, 7–9"),
        ([*range(1, 30, 2)], "pages 1, 3, 5, 7, …, 29"),
    ],
)
def test_pages_are_named_in_few_words(pages: list[int], words: str) -> None:
    assert page_ranges(pages) == words


# Attachments and XFA ------------------------------------------------------------------------------


def test_attachments_are_named(tmp_path: Path) -> None:
    def attach(writer: PdfWriter) -> None:
        for name in ("a.xlsx", "b.csv", "Press.joboptions"):
            writer.add_attachment(name, b"1,2")

    assert load(edited(written(tmp_path / "a.pdf", REPORT), attach)).warnings == (
        "has 2 attachments, which were not read: a.xlsx, b.csv",
    )


PLACEHOLDER = "Please wait... If this message is not replaced by the contents of the document, get a newer viewer."


def with_xfa(path: Path, text: str, data: str, *, dynamic: bool = False) -> Path:
    def add(writer: PdfWriter) -> None:
        packet = StreamObject()
        packet.set_data(data.encode())
        xfa = ArrayObject([TextStringObject("datasets"), writer._add_object(packet)])
        writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
            {NameObject("/Fields"): ArrayObject(), NameObject("/XFA"): xfa}
        )
        if dynamic:
            writer.root_object[NameObject("/NeedsRendering")] = BooleanObject(value=True)

    return edited(written(path, text), add)


DATA = (
    '<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><options><o>Spouse</o></options><xfa:data><form1>'
    "<FamilyName>Achterberg &amp; Vos</FamilyName><Empty/><DateOfBirth>1805-10-09</DateOfBirth></form1></xfa:data>"
    "</xfa:datasets>"
)


@pytest.mark.parametrize("dynamic", [False, True])
def test_of_an_xfa_form_the_values_are_read(tmp_path: Path, dynamic: bool) -> None:
    text = "Il documento richiede un altro programma." if dynamic else PLACEHOLDER
    document = load(with_xfa(tmp_path / "a.pdf", text, DATA, dynamic=dynamic))
    lines = [document.text[line.start : line.end] for line in document.page_lines(1)]
    assert lines == ["Family Name:  Achterberg & Vos", "Date Of Birth:  1805-10-09"]
    assert "only the values typed into it were read" in document.warnings[0]


def test_an_empty_xfa_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocqaError, match="is an XFA form") as refused:
        load(
            with_xfa(
                tmp_path / "a.pdf", PLACEHOLDER, DATA.replace("1805-10-09", "").replace("Achterberg &amp; Vos", "")
            )
        )
    assert "Adobe Reader" in refused.value.hint


def test_an_xfa_form_with_pages_of_its_own_is_a_document(tmp_path: Path) -> None:
    document = load(with_xfa(tmp_path / "a.pdf", REPORT, DATA))
    assert REPORT[:60] in body(document)
    assert document.warnings == ()
