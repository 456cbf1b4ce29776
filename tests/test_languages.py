"""Texts and questions in another language than the reader's are told by their words and scripts, and never English."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support.samples import PROSE, SAMPLES, SHARED

from docqa import output
from docqa.array_store import ArrayStore
from docqa.config import Settings
from docqa.datasets import Pair
from docqa.documents import parse, read
from docqa.engine import Engine
from docqa.languages import language_name, language_of, language_of_question
from docqa.training.run import languages_read

LEASES = {
    "de": "Zwischen Frau Vogel, im Folgenden Vermieterin genannt, und Herrn Holm wird folgender Vertrag geschlossen. "
    "Die Miete beträgt 640 Euro und ist bis zum dritten Werktag eines jeden Monats zu zahlen. Der Mieter kann den "
    "Vertrag mit einer Frist von drei Monaten kündigen.",
    "fr": "Entre Madame Vogel, ci-après dénommée le bailleur, et Monsieur Holm, il est convenu ce qui suit. Le loyer "
    "est de 640 euros et doit être payé avant le troisième jour de chaque mois. Le locataire peut résilier le contrat "
    "avec un préavis de trois mois. L'appartement se trouve dans la rue du Port.",
    "es": "Entre la señora Vogel, en adelante la arrendadora, y el señor Holm se celebra el siguiente contrato. El "
    "alquiler es de 640 euros y debe pagarse antes del tercer día de cada mes. El inquilino puede rescindir el "
    "contrato con un plazo de tres meses.",
    "it": "Tra la signora Vogel, di seguito chiamata locatrice, e il signor Holm si stipula il seguente contratto. Il "
    "canone è di 640 euro e deve essere pagato entro il terzo giorno di ogni mese. L'inquilino può recedere dal "
    "contratto con un preavviso di tre mesi.",
    "pt": "Entre a senhora Vogel, a seguir a senhoria, e o senhor Holm é celebrado o seguinte contrato. A renda "
    "é de 640 euros e deve ser paga até ao terceiro dia de cada mês. O inquilino pode rescindir o contrato com um "
    "prazo de três meses.",
    "nl": "Tussen mevrouw Vogel, hierna te noemen de verhuurder, en de heer Holm wordt het volgende overeengekomen. De "
    "huur bedraagt 640 euro en moet voor de derde dag van elke maand worden betaald. De huurder kan het contract met "
    "een termijn van drie maanden opzeggen.",
    "sv": "Mellan fru Vogel, nedan kallad hyresvärden, och herr Holm ingås följande avtal. Hyran är 640 euro och ska "
    "betalas före den tredje dagen i varje månad. Hyresgästen kan säga upp avtalet med en frist på tre månader, och "
    "det är till för båda.",
    "da": "Mellem fru Vogel, herefter kaldet udlejeren, og hr. Holm indgås følgende aftale. Lejen er 640 euro og skal "
    "betales før den tredje dag i hver måned. Lejeren kan opsige aftalen med en frist på tre måneder, og det er ikke "
    "muligt at fremleje af hensyn til naboerne.",
    "pl": "Między panią Vogel, zwaną dalej wynajmującą, a panem Holmem zawarto taką umowę. Czynsz wynosi 640 euro "
    "i jest płatny do trzeciego dnia każdego miesiąca. Najemca może wypowiedzieć umowę z zachowaniem trzech miesięcy "
    "wypowiedzenia, które nie są od siebie zależne oraz nie mogą być skrócone.",
    "cs": "Mezi paní Vogelovou, dále jen pronajímatel, a panem Holmem se uzavírá smlouva. Nájemné je 640 eur a musí "
    "být zaplaceno do třetího dne každého měsíce. Nájemce může smlouvu vypovědět s lhůtou tří měsíců, která se počítá "
    "od prvního dne, a není možné ji zkrátit ani na žádost pro jeho potřebu.",
    "fi": "Rouva Vogel, jäljempänä vuokranantaja, ja herra Holm ovat tehneet tämän sopimuksen. Vuokra on 640 euroa, se "
    "on maksettava ennen kuun kolmatta päivää. Vuokralainen voi irtisanoa sopimuksen, mutta se ei ole voimassa, jos "
    "hän ei ole maksanut vuokraa, joka on sovittu.",
    "ru": "Между госпожой Фогель и господином Холмом заключён такой договор. Плата составляет 640 евро и должна быть "
    "внесена до третьего числа каждого месяца. Съёмщик может расторгнуть договор, и это не зависит от срока.",
    "uk": "Між пані Фогель і паном Холмом укладено такий договір. Плата становить 640 євро та має бути внесена до "
    "третього числа кожного місяця. Орендар може розірвати договір, і це не залежить від строку.",
    "el": "Μεταξύ της κυρίας Βόγκελ και του κυρίου Χολμ συνάπτεται η ακόλουθη σύμβαση. Το μίσθωμα είναι 640 ευρώ και "
    "πρέπει να καταβάλλεται πριν από την τρίτη ημέρα κάθε μήνα, χωρίς καμία εξαίρεση για κανέναν από τους δύο.",
    "ja": "貸主フォーゲルと借主ホルムは、次のとおり契約を締結する。賃料は640ユーロとし、毎月三日までに支払う。" * 4,
    "zh": "出租人福格尔女士与承租人霍尔姆先生订立以下合同。租金为640欧元，应于每月三日之前支付。" * 6,
    "ko": "임대인 포겔과 임차인 홀름은 다음과 같이 계약을 체결한다. 임대료는 640유로이며 매월 3일까지 지급하여야 한다."
    * 4,
    "ar": "أبرم هذا العقد بين السيدة فوغل والسيد هولم. تبلغ الأجرة 640 يورو وتدفع قبل اليوم الثالث من كل شهر." * 3,
}
QUESTIONS = {
    "de": ["Wer ist der Vermieter?", "Wann endet der Vertrag?", "Wie hoch ist die Miete?", "Wo liegt der Hafen?"],
    "fr": ["Qui est le bailleur ?", "Quel est le montant du loyer ?", "Combien d'employés compte l'entreprise ?"],
    "es": ["¿Quién es el arrendador?", "Cual es el plazo de entrega?", "¿Cuántos empleados tiene la empresa?"],
    "it": ["Chi è il locatore?", "Qual è il canone di affitto?", "Dove si trova la sede?"],
    "pt": ["Quem é o senhorio?", "Qual é o valor da renda?", "O que está incluído na garantia?"],
    "nl": ["Wie is de verhuurder?", "Wanneer eindigt het contract?", "Hoeveel bedraagt de huur?"],
    "sv": ["Vem är hyresvärden?", "Hur hög är hyran?", "Hur många anställda har företaget?"],
    "da": ["Hvem er udlejeren?", "Hvornår ophører aftalen?", "Hvor mange ansatte har firmaet?"],
    "pl": ["Kto jest wynajmującym?", "Kiedy kończy się umowa?"],
    "cs": ["Kdo je pronajímatel?", "Jaká je výše nájemného?"],
    "ro": ["Cine este proprietarul?", "Care este valoarea chiriei?"],
    "tr": ["Sözleşme ne zaman sona eriyor?", "Kira bedeli ne kadar?"],
    "ru": ["Кто является арендодателем?", "Когда заканчивается договор?"],
    "el": ["Ποιος είναι ο ιδιοκτήτης;"],
    "ja": ["契約はいつ終わりますか？"],
    "zh": ["合同何时到期？", "房东是谁？"],
    "ko": ["계약은 언제 끝납니까?"],
    "ar": ["متى ينتهي العقد؟"],
}
ENGLISH = [
    "Los Angeles: height?",
    "De La Cruz salary?",
    "El Al flight no?",
    "Le Corbusier Quai d'Orsay date",
    "Van der Waals radius?",
    "du Pont de Nemours revenue",
    "Rio de Janeiro population in 1990",
    "What does 'la vie est belle' mean?",
    "Who wrote Die Zeit?",
    "What does 高 mean?",
    "KXb77-2 price",
    "die size?",
    "war in Ukraine start date?",
    "was die cut when?",
    "pas de deux meaning?",
    "pour point?",
    "Is de minimis defined?",
    "Σ of the residuals?",
    "x = y?",
    "def main(args): return None",
    "Comment on section 4",
    "qui tam action",
]


@pytest.mark.parametrize("code", LEASES)
def test_the_language_of_a_text_is_told(code: str) -> None:
    assert language_of(LEASES[code]) == code


@pytest.mark.parametrize("code", QUESTIONS)
def test_the_language_of_a_question_is_told(code: str) -> None:
    assert [language_of_question(question) for question in QUESTIONS[code]] == [code] * len(QUESTIONS[code])


@pytest.mark.parametrize("question", ENGLISH)
def test_a_question_with_foreign_names_is_no_foreign_question(question: str) -> None:
    assert language_of_question(question) in {"en", None}


def test_every_question_of_the_tests_is_english() -> None:
    for file in (Path(__file__).parent / "questions").iterdir():
        for question in file.read_text(encoding="utf-8").splitlines():
            assert language_of_question(question) in {"en", None}, question


@pytest.mark.parametrize(
    "text",
    [
        "int main(void) { for (int i = 0; i < n; i++) if (a[i] == el) return es; } " * 20,
        "KXb77-2  1.25  4 pcs  0.10 €\nQRT-9 de  3.10  2 pcs  0.20 €\n" * 40,
        "De La Cruz, Maria; Van der Berg, Jan; Le Roux, Anne; Da Silva, Pedro; Di Stefano, Al; El Sayed, Omar\n" * 10,
        "Ω = 2πfL, Δφ = arctan(ωL / R), μ ≈ 4π × 10⁻⁷, λ = c / f. The angle is that of the phase. " * 10,
        "Wer ist der Vermieter?",
        PROSE,
        f"{PROSE} {LEASES['de']} {PROSE}",
    ],
)
def test_code_tables_names_formulas_short_and_mixed_texts_are_not_taken_for_another_language(text: str) -> None:
    assert language_of(text) in {"en", None}


def test_a_foreign_text_with_some_english_is_foreign() -> None:
    assert language_of(f"{LEASES['de'] * 4} {PROSE}") == "de"


def test_a_script_without_a_known_language_is_named() -> None:
    code = language_of("ხელშეკრულება დაიდო ქალბატონ ფოგელსა და ბატონ ჰოლმს შორის. ქირა შეადგენს 640 ევროს. " * 4)
    assert code is not None
    assert (code, language_name(code), language_name("de")) == ("georgian", "Georgian", "German")


def test_a_question_in_another_language_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PROSE, encoding="utf-8")
    collection = Engine(Settings(device="cpu"), ArrayStore(None)).open([tmp_path / "a.txt"])
    result = collection.ask("Wer hat den Leuchtturm von Skagen gebaut?")
    assert result.withheld is not None
    assert result.withheld.reason == "language"
    assert result.withheld.message == "the question seems to be in German, which the reader doesn't read"
    assert (result.answered, result.answers, result.warnings) == (False, (), ())
    assert result.closest
    assert "%" not in output.as_text(result)


def test_a_document_in_another_language_is_warned_of_once_and_not_answered_from(tmp_path: Path) -> None:
    lease, prose = tmp_path / "lease.txt", tmp_path / "prose.txt"
    lease.write_text(LEASES["de"], encoding="utf-8")
    prose.write_text(PROSE, encoding="utf-8")
    engine = Engine(Settings(device="cpu"))
    for _ in ("computed", "from the cache"):
        collection = engine.open([lease, prose])
        (warning,) = collection.documents[0].warnings
        assert "German" in warning
        result = collection.ask("How much is the rent?")
        assert not result.answered
        assert [(one.document, one.message) for one in result.warnings] == [(str(lease), warning)]
        result = collection.ask("Who was the keeper of the lighthouse?")
        assert result.answered
        assert {answer.document for answer in result.answers} == {str(prose)}
    alone = engine.open([lease]).ask("How much is the rent?")
    assert alone.withheld is not None
    assert "German" in alone.withheld.message
    assert alone.closest


@pytest.mark.parametrize(("languages", "said"), [(["en"], True), (["en", "de"], False), (None, False)])
def test_nothing_is_said_of_a_language_that_the_reader_may_read(
    tmp_path: Path, tiny_reader: Path, tiny_settings: Settings, languages: list[str] | None, said: bool
) -> None:
    reader = shutil.copytree(tiny_reader, tmp_path / "reader")
    (reader / "docqa.json").write_text(json.dumps({"languages": languages} if languages else {}), encoding="utf-8")
    (tmp_path / "lease.txt").write_text(LEASES["de"], encoding="utf-8")
    engine = Engine(replace(tiny_settings, reader=str(reader)), ArrayStore(None))
    collection = engine.open([tmp_path / "lease.txt"])
    assert bool(collection.documents[0].warnings) is said
    assert (collection.ask("Wer ist der Vermieter?").withheld is not None) is said


@pytest.mark.parametrize(
    ("base", "trained_on", "expected"),
    [(["en"], "de", ["en", "de"]), (["en", "de"], "de", ["en", "de"]), (["en"], "", ["en"]), (None, "de", None)],
)
def test_a_reader_that_was_trained_on_a_language_reads_it(
    base: list[str] | None, trained_on: str, expected: list[str] | None
) -> None:
    assert languages_read(base, [Pair("1", "?", LEASES.get(trained_on, PROSE), (), "")]) == expected


@pytest.mark.parametrize("name", ["harbour-report.pdf", "expedition-journal.txt", "staff-handbook.md"])
def test_the_sample_documents_are_english(name: str) -> None:
    document = parse(read(str(SAMPLES / name)))
    assert language_of(document.text[: document.body_end]) == "en"


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared data")
def test_no_english_question_of_the_shared_data_is_taken_for_another_language() -> None:
    articles = json.loads((SHARED / "data/dev/squad-v1.1-dev-a.json").read_text(encoding="utf-8"))["data"]
    asked = [one["question"] for article in articles for part in article["paragraphs"] for one in part["qas"]]
    assert [question for question in asked if language_of_question(question) not in {"en", None}] == []
