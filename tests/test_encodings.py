"""Text files are decoded whatever their encoding; bytes that mean nothing are marked and reported."""

import random

import pytest

from docqa.documents import Source, parse
from docqa.errors import DocqaError

TEXTS = {
    "names": ("The treasurer is José Núñez and his deputy is Björn Åkesson.", "cp1252"),
    "one accent": ("Meet me at the café on Friday.", "latin-1"),
    "prices": ("The price is 85 € and the fee £12; 20 °C, ½ inch, 5 µm, § 5.", "cp1252"),
    "only quotes": ("The owner’s “plan” … was dropped.", "cp1252"),
    "Irish": ("The owner’s name is “Éamon Ó Súilleabháin”, and the price is 85 € – all in.", "cp1252"),
    "Spanish": ("La secretaria es María Ibáñez, y el conserje es Íñigo Peña. ¿Dónde está?", "latin-1"),
    "German": ("Der Müller aß über Jahre hinweg täglich süßes Gebäck.", "latin-1 cp850 mac_roman"),
    "German capitals": ("MÜLLER & SÖHNE, KÖLN", "cp1252"),
    "French": ("Le président français est né à Orléans, où il a été élevé.", "cp1252 cp850"),
    "French, new": ("Le prix est de 85 € pour l'œuvre de l'élève, très âgé.", "iso-8859-15"),
    "Portuguese": ("A reunião da associação será na terça-feira; não há exceções.", "cp1252"),
    "Italian": ("La città è più bella perché c'è il sole; lunedì sarà così.", "latin-1"),
    "Swedish": ("Året därpå köpte Åke Söderström gården på ön.", "latin-1"),
    "Norwegian": ("Båten ligger på Ærøy, og fru Bjørg Sørensen får nøkkelen.", "cp1252"),
    "Icelandic": ("Þórður Ægisson býr á Ísafirði og á þrjá syni; hann er læknir.", "cp1252"),
    "Polish": ("Skarbnikiem jest Paweł Wiśniewski z Łodzi, a żółw śpi.", "cp1250 iso-8859-2"),
    "Czech": ("Příliš žluťoučký kůň úpěl ďábelské ódy. Předsedou je Jiří Dvořák.", "cp1250 iso-8859-2 cp852"),
    "Hungarian": ("Az elnök Kovács László, a jegyző Őri Ildikó, a főjegyző beteg.", "cp1250 iso-8859-2"),
    "Croatian": ("Predsjednica je Željka Šimić, a blagajnik Đuro Kovačević iz Čakovca.", "cp1250"),
    "Lithuanian": ("Pirmininkė yra Rūta Žemaitienė, o raktą turi sargas Šarūnas.", "cp1257"),
    "Turkish": ("Başkan Ayşe Yıldırım, sayman ise İbrahim Çağlar; toplantı çarşamba günü.", "cp1254"),
    "Russian": ("Председатель общества - Анна Сергеевна Ковалёва, собрание в среду.", "cp1251 koi8-r cp866 iso-8859-5"),
    "Russian, short": ("Ключ у сторожа.", "cp1251 koi8-r"),
    "Ukrainian": ("Голова товариства - Оксана Їжакевич, збори щосереди; її ключ є.", "cp1251 koi8-u"),
    "Serbian": ("Председница је Љиљана Ђорђевић, а благајник Његош Џајић.", "cp1251"),
    "Greek": ("Η πρόεδρος είναι η Ελένη Παπαδοπούλου και το κλειδί το έχει ο φύλακας.", "cp1253 iso-8859-7"),
    "Hebrew": ("היושבת ראש היא רבקה לוי, והמפתח נמצא אצל השומר.", "cp1255"),
    "Arabic": ("رئيسة الجمعية هي فاطمة حسن، والمفتاح عند الحارس.", "cp1256"),
    "Thai": ("ประธานสมาคมคือคุณสมศรี และกุญแจอยู่ที่ยาม", "cp874"),
    "Japanese": ("会長は田中花子です。鍵は管理人が持っています。", "shift_jis euc_jp"),
    "Chinese": ("会议于二〇二一年三月五日举行，共有十二人参加，由李华主持。", "gbk gb18030"),
    "Chinese, traditional": ("協會主席是王小明，鑰匙在門衛那裡。會議於三月五日舉行。", "big5"),
    "Korean": ("회장은 김영희이고 열쇠는 경비원이 가지고 있습니다.", "euc_kr cp949"),
}


def read(data: bytes) -> str:
    return parse(Source("a.txt", data)).text


@pytest.mark.parametrize(
    ("language", "encoding"),
    [(name, encoding) for name, (_, all_of_it) in TEXTS.items() for encoding in all_of_it.split()],
)
def test_a_legacy_encoding_is_told_by_a_sentence(language: str, encoding: str) -> None:
    text = TEXTS[language][0]
    assert read(text.encode(encoding)) == text
    assert read(f"{text}\n{text}\n".encode(encoding)) == f"{text}\n{text}\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read(encoding: str) -> None:
    text = "José, Łukasz, Анна, 花子\n"
    assert read(text.encode(encoding)) == text
    assert not parse(Source("a.txt", text.encode(encoding))).warnings


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_needs_no_mark_if_most_letters_are_latin(encoding: str) -> None:
    assert read("The chef is Łukasz Żak.\n".encode(encoding)) == "The chef is Łukasz Żak.\n"


@pytest.mark.parametrize(
    ("data", "text", "warning"),
    [
        (
            "The chef is Björn.\nA cup of crème ".encode() + b"\xff is dear.",
            "The chef is Björn.\nA cup of crème \ufffd is dear.",
            "1 byte can't be read as UTF-8, the first in line 2: shown as \ufffd",
        ),
        # Half a letter at the end, as where a file was cut short.
        ("Zürich, Zürich, Züri".encode()[:-4], "Zürich, Zürich, \ufffd"[:-1] + "Z", None),
        ("Zürich und Köl".encode() + b"\xe2\x82", "Zürich und Köl\ufffd\ufffd", "2 bytes can't be read as UTF-8"),
        (
            "Ann’s café costs 5 €, at 12".encode() + b"\xb0.",
            "Ann’s café costs 5 €, at 12\ufffd.",
            "1 byte can't be read",
        ),
        (b"\xef\xbb\xbfAmelie, caf\xe9", "Amelie, caf\ufffd", "1 byte can't be read as UTF-8"),
        (
            b"A single stray byte \xff in a text of plain letters is no other encoding.",
            "A single stray byte \ufffd in a text of plain letters is no other encoding.",
            "1 byte can't be read as UTF-8",
        ),
        (
            "José Núñez, Björn ".encode("cp1252") + b"\x81 Peter",
            "José Núñez, Björn \ufffd Peter",
            "as CP1252, the first",
        ),
    ],
)
def test_bytes_that_mean_nothing_are_marked_and_reported(data: bytes, text: str, warning: str | None) -> None:
    document = parse(Source("a.txt", data))
    assert document.text == text
    assert [warning in found for found in document.warnings] == ([True] if warning else [])


def test_a_replacement_character_of_the_file_is_no_bad_byte() -> None:
    assert not parse(Source("a.txt", "It was \ufffd before.".encode())).warnings


def test_noise_is_refused() -> None:
    noise = random.Random(1).choices(range(32, 256), k=2_000)
    with pytest.raises(DocqaError, match=r"encoding of a\.txt could not be detected"):
        parse(Source("a.txt", bytes(noise)))
