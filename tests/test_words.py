"""The words of a PDF as a person reads them: hyphens at line ends, URLs that go on, broken and letter-spaced words."""

import time

import pytest

from docqa.documents.pdf.cleaning import clean
from docqa.documents.pdf.words import Words
from docqa.documents.superscripts import blank_marks

ENGLISH = [
    "The plan of the harbour was that the long-term lease of the quay is for the use of it by the boats, as it was.",
    "They had a non-linear model and non-local terms in it, and the reverse-engineering of it was for the year.",
    "We restart the proteome and the multiphase flow, and the multistep one, as the XMLHttpRequest of it is by then.",
    "In all of this the proteome was what they had in the end, and a tissue-specific network was on the disk.",
]
GERMAN = [
    "Die Versicherung der Schiffe wird von der Hafenbehörde nach dem Gesetz über die Seefahrt in der Regel bezahlt.",
    "Das Kranken und das Haus sind nicht das Gleiche, und das Haus der Kranken ist nicht immer ein altes Haus gewesen.",
]
FRENCH = [
    "Le comité a décidé que les bateaux seront peints par la ville et que chacun paiera ce qui est dit dans la lettre.",
    "Il va peut être arriver que la mer soit trop forte pour les petits bateaux de la rade et du port de la ville.",
]

# (document, line, next line, whether PDFium removed a hyphen, the two joined)
JOINS = [
    # Words that a typesetter cut.
    (ENGLISH, "the re", "search was", True, "the research was"),
    (ENGLISH, "its accumula", "tion in", True, "its accumulation in"),
    (ENGLISH, "blood pres", "sure is", True, "blood pressure is"),
    (ENGLISH, "grandpar", "ents.", True, "grandparents."),
    (ENGLISH, "a bet", "ter one", True, "a better one"),
    (ENGLISH, "a fac", "tor of", True, "a factor of"),
    (ENGLISH, "net", "works", True, "networks"),
    (ENGLISH, "through", "out", True, "throughout"),
    (ENGLISH, "mind", "less", True, "mindless"),
    (ENGLISH, "customiz", "able,", True, "customizable,"),
    (ENGLISH, "composabil", "ity", True, "composability"),
    (ENGLISH, "thrombopro", "phylaxis", True, "thromboprophylaxis"),
    (ENGLISH, "re", "authenticate", True, "reauthenticate"),
    (ENGLISH, "multi", "phase", True, "multiphase"),
    (ENGLISH, "un", "reliable", True, "unreliable"),
    (ENGLISH, "Hand", "book;", True, "Handbook;"),
    (ENGLISH, "the ‘perform", "ance’ of", True, "the ‘performance’ of"),
    (ENGLISH, "ENHANCE", "MENT", True, "ENHANCEMENT"),
    (ENGLISH, "Thierry Win", "nerlein", True, "Thierry Winnerlein"),
    (ENGLISH, "re", "verse-engineering", True, "reverse-engineering"),
    (ENGLISH, "the long-stand", "ing", True, "the long-standing"),
    (ENGLISH, "and vice, err", "or or", True, "and vice, error or"),
    (ENGLISH, "ma", "cOS", True, "macOS"),
    (ENGLISH, "the inter-", "national", False, "the international"),
    (ENGLISH, "the inter\u00ad", "national", False, "the international"),
    (ENGLISH, "the inter\u2010", "national", False, "the international"),
    # Compounds.
    (ENGLISH, "a long", "term lease", True, "a long-term lease"),
    (ENGLISH, "a royalty", "free, worldwide", True, "a royalty-free, worldwide"),
    (ENGLISH, "the employee", "representatives", True, "the employee-representatives"),
    (ENGLISH, "the most", "recent one", True, "the most-recent one"),
    (ENGLISH, "software-as-a", "service", True, "software-as-a-service"),
    (ENGLISH, "step-by", "step", True, "step-by-step"),
    (ENGLISH, "end", "to-end", True, "end-to-end"),
    (ENGLISH, "point-of", "care", True, "point-of-care"),
    (ENGLISH, "English", "language", True, "English-language"),
    (ENGLISH, "Sámi", "speaking", True, "Sámi-speaking"),
    (ENGLISH, "security", "relevant", True, "security-relevant"),
    (ENGLISH, "proteome", "scale", True, "proteome-scale"),
    (ENGLISH, "tissue", "specific", True, "tissue-specific"),
    (ENGLISH, "(so", "called)", True, "(so-called)"),
    (ENGLISH, "sixty", "six", True, "sixty-six"),
    (ENGLISH, "Thirty", "eight", True, "Thirty-eight"),
    (ENGLISH, "self", "signed", True, "self-signed"),
    (ENGLISH, "cross", "claim", True, "cross-claim"),
    (ENGLISH, "non", "turbulent", True, "non-turbulent"),
    (ENGLISH, "single-", "threaded", False, "single-threaded"),
    (ENGLISH, "back", "to-back", True, "back-to-back"),
    # Names, numbers, part numbers.
    (ENGLISH, "Annmarie Dufresne", "Holm", True, "Annmarie Dufresne-Holm"),
    (ENGLISH, "COVID", "19", True, "COVID-19"),
    (ENGLISH, "an E", "link", True, "an E-link"),
    (ENGLISH, "part KX", "b77 of", True, "part KX-b77 of"),
    (ENGLISH, "the 5-", "bit register", False, "the 5-bit register"),
    (ENGLISH, "bzip2-", "compressed", False, "bzip2-compressed"),
    (ENGLISH, "NIST 800-", "63b controls", False, "NIST 800-63b controls"),
    (ENGLISH, "2-", "6 weeks", False, "2-6 weeks"),
    (ENGLISH, "pages 175–", "195.", False, "pages 175–195."),
    (ENGLISH, "SARS-CoV-", "2", False, "SARS-CoV-2"),
    (ENGLISH, "DSAI-A13-OLinuXino", "DEBIAN-SD", True, "DSAI-A13-OLinuXino-DEBIAN-SD"),
    (ENGLISH, "(1-", "1/N)", False, "(1-1/N)"),
    (ENGLISH, "2-methyl-", "{3-(benzyl)", False, "2-methyl- {3-(benzyl)"),
    # Addresses, paths, options.
    (ENGLISH, "to press", "office@example.org, or", True, "to press-office@example.org, or"),
    (
        ENGLISH,
        "at https://x.example.org/annual",
        "report/download",
        True,
        "at https://x.example.org/annual-report/download",
    ),
    (ENGLISH, "see security", "knowledge-framework/", True, "see security-knowledge-framework/"),
    (ENGLISH, "https://learn.example.com/en", "us/dotnet", True, "https://learn.example.com/en-us/dotnet"),
    (ENGLISH, "http://water.epa.gov/type/ground-wa", "ter/uic", True, "http://water.epa.gov/type/ground-water/uic"),
    (ENGLISH, "Strict-Transport-Security: max", "age=15724800;", True, "Strict-Transport-Security: max-age=15724800;"),
    (ENGLISH, "https://example.org/docs/", "page.html for", False, "https://example.org/docs/page.html for"),
    (ENGLISH, "https://example.org/find?q=", "boats&page=2", False, "https://example.org/find?q=boats&page=2"),
    (ENGLISH, "https://example.org/my_", "file.pdf", False, "https://example.org/my_file.pdf"),
    (ENGLISH, "https://example.org/a/b", "c/d/e.html", False, "https://example.org/a/bc/d/e.html"),
    (ENGLISH, "(https://example.org/a/)", "and more", False, "(https://example.org/a/) and more"),
    (ENGLISH, "https://example.org/", "and the rest", False, "https://example.org/ and the rest"),
    (ENGLISH, "https://example.org/", "13", False, "https://example.org/ 13"),
    (ENGLISH, "see www.example.org.", "The", False, "see www.example.org. The"),
    (ENGLISH, "https://example.org/a", "https://example.org/b", False, "https://example.org/a https://example.org/b"),
    (ENGLISH, "write to jane.doe@", "example.org, or", False, "write to jane.doe@example.org, or"),
    (ENGLISH, "write to jane@example.", "org", False, "write to jane@example.org"),
    (ENGLISH, "in /usr/local/", "share/docs for", False, "in /usr/local/share/docs for"),
    (ENGLISH, "either/", "or both", False, "either/ or both"),
    (ENGLISH, "an e", "mail", True, "an e-mail"),
    (ENGLISH, "Paris–", "Lyon", False, "Paris–Lyon"),
    (ENGLISH, "they co", "operate", True, "they cooperate"),
    (["The co-operation of it was that of the others.", *ENGLISH], "they co", "operate", True, "they co-operate"),
    (ENGLISH, "Switzer", "land and", True, "Switzerland and"),
    # What belongs to two words, and dashes.
    (ENGLISH, "the long", "and short-term", True, "the long- and short-term"),
    (ENGLISH, "the pre", "or post-war", True, "the pre- or post-war"),
    (ENGLISH, "both 2-", "and 4-year", False, "both 2- and 4-year"),
    (ENGLISH, "one word —", "another", False, "one word — another"),
    (ENGLISH, "one word—", "another", False, "one word—another"),
    (ENGLISH, "one word –", "another", False, "one word – another"),
    (ENGLISH, "HCO3–", "is lower", False, "HCO3– is lower"),
    (ENGLISH, "8:00 AM -", "11:30 AM", False, "8:00 AM - 11:30 AM"),
    (ENGLISH, "TXR --", "2) read", False, "TXR -- 2) read"),
    (ENGLISH, "a grade of B-", "(80 to 82)", False, "a grade of B- (80 to 82)"),
    (ENGLISH, "plain words", "go on", False, "plain words go on"),
    # German and French: two words of the document are no compound with a hyphen.
    (GERMAN, "die Ver", "sicherung", True, "die Versicherung"),
    (GERMAN, "das Kranken", "haus", True, "das Krankenhaus"),
    (GERMAN, "in Schwarz", "Weiß", True, "in Schwarz-Weiß"),
    (GERMAN, "Ein", "und Ausgang", True, "Ein- und Ausgang"),
    (GERMAN, "Ver", "und Entsorgung", True, "Ver- und Entsorgung"),
    (FRENCH, "la re", "cherche", True, "la recherche"),
    (FRENCH, "elle va", "t-elle", True, "elle va-t-elle"),
    (FRENCH, "il va peut", "être", True, "il va peut-être"),
    (FRENCH, "l’hy", "percapnie", True, "l’hypercapnie"),
]


@pytest.mark.parametrize(("document", "before", "after", "hyphen", "expected"), JOINS)
def test_a_word_that_a_line_end_cuts_is_whole(
    document: list[str], before: str, after: str, hyphen: bool, expected: str
) -> None:
    text, glue = Words.of(document).join(before, after, hyphen)
    assert text + glue + after == expected


def test_half_words_at_line_ends_are_no_words_of_the_document() -> None:
    halves = ["and the blood of it, which is what they had under the pres", "sure of the water, was in the way of it"]
    assert Words.of(halves * 3).join("the pres", "sure", True) == ("the pres", "")


BROKEN = [*ENGLISH, "We use balenaEtcher for it, and the surge Protector of it, and the Protector that it has by then."]

# (line, as a person reads it)
REPAIRS = [
    ("NASA Scientifi c and Technical Information", "NASA Scientific and Technical Information"),
    ("the Chief Information Offi cer.", "the Chief Information Officer."),
    ("a signifi cant phase, and fi ndings", "a significant phase, and findings"),
    ("in Profi le", "in Profile"),
    ("the staff are off the di ff erent ship", "the staff are off the di ff erent ship"),
    ("its accumula tion in blood pres sure", "its accumulation in blood pressure"),
    ("B alenaEtcher or others", "BalenaEtcher or others"),
    ("the Surge Protecto r", "the Surge Protector"),
    ("can be found i n chapter 11", "can be found in chapter 11"),
    ("for all i n N we have", "for all i n N we have"),
    ("see http s ://ftp.example.com/a", "see https://ftp.example.com/a"),
    ("see https: //github.com/a", "see https://github.com/a"),
    ("R E S EAR CH A R TIC L E", "RESEARCH ARTICLE"),
    ("P R E F A C E", "PREFACE"),
    ("T A B L E O F C O N T E N T S", "TABLE OF CONTENTS"),
    ("P a g e 1 | 8", "Page 1 | 8"),
    # Letters and words that stand apart.
    ("A B C D E F G H", "A B C D E F G H"),
    ("J F M A M J J A S O N D", "J F M A M J J A S O N D"),
    ("in a new way, at a typical place", "in a new way, at a typical place"),
    ("h and t are in V is z", "h and t are in V is z"),
    ("the DEM and the IC on it", "the DEM and the IC on it"),
    ("Weights test  by Strimmer", "Weights test  by Strimmer"),
]


@pytest.mark.parametrize(("line", "expected"), REPAIRS)
def test_a_word_with_spaces_in_it_is_whole(line: str, expected: str) -> None:
    assert Words.of([*BROKEN, line]).repair(line) == expected


def test_a_french_word_is_whole_by_the_document_itself() -> None:
    lines = [*FRENCH, "On sait définir le port.", "Savoir défi nir le quai, et le défi est grand."]
    assert Words.of(lines).repair(lines[-1]) == "Savoir définir le quai, et le défi est grand."


@pytest.mark.parametrize("letters", ["a", "é", "-", "a-", "A ", "fi ", "a/", "a@", "\x1f", "²", "http"])
def test_long_lines_take_no_time(letters: str) -> None:
    line = letters * (40_000 // len(letters)) + "!"
    words = Words.of([line])
    begin = time.perf_counter()
    words.repair(clean(line))
    words.join(line, line, True)
    words.join(line, line, False)
    blank_marks(line)
    assert time.perf_counter() - begin < 1
