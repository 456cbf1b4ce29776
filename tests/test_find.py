"""Finding words in documents: `docqa find` and what it finds."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.samples import SAMPLES

from docqa.cli.main import build_parser
from docqa.documents import Document, Source, parse
from docqa.errors import DocqaError
from docqa.surroundings import surroundings
from docqa.text_matches import TextQuery

DOCQA = Path(sys.executable).with_name("docqa")
TEXT = """\
The agreement may be terminated by either party. It binds both.

Terminating an AGREEMENT takes effect at once; agreements are terminated in writing.

Force
majeure ends nothing. Fee: 20 EUR (net).
"""


def parsed(text: str) -> Document:
    return parse(Source("a.txt", text.encode()))


def found(text: str, query: TextQuery) -> list[tuple[str, list[str]]]:
    """The passages, and what was found in each."""
    document = parsed(text)
    return [
        (
            " ".join(document.text[slice(*match.passage)].split()),
            [" ".join(document.text[slice(*span)].split()) for span in match.spans],
        )
        for match in query.matches(document)
    ]


def test_sentences_with_all_words_in_any_form_and_order() -> None:
    passages = found(TEXT, TextQuery("terminate agreement"))
    assert passages == [
        ("The agreement may be terminated by either party.", ["agreement", "terminated"]),
        (
            "Terminating an AGREEMENT takes effect at once; agreements are terminated in writing.",
            ["Terminating", "AGREEMENT", "agreements", "terminated"],
        ),
    ]
    assert found(TEXT, TextQuery("agreement fee")) == []


def test_a_text_as_it_is() -> None:
    assert found(TEXT, TextQuery("force majeure", exact=True)) == [("Force majeure ends nothing.", ["Force majeure"])]
    assert found(TEXT, TextQuery("force Majeure", exact=True)) == []
    assert found(TEXT, TextQuery("(net)", exact=True))[0][1] == ["(net)"]
    assert found(TEXT, TextQuery("terminate", exact=True))[0][1] == ["terminate"]


def test_words_in_quotation_marks_are_a_text_as_it_is() -> None:
    for text in ('"force majeure"', " “force majeure” "):
        assert found(TEXT, TextQuery(text)) == found(TEXT, TextQuery("force majeure", exact=True))
    assert found(TEXT, TextQuery('"majeure force"')) == []
    assert found(TEXT, TextQuery("majeure force"))
    assert found(TEXT, TextQuery('"force" majeure')) == found(TEXT, TextQuery("force majeure"))
    assert found(TEXT, TextQuery('"force majeure"', exact=True)) == []


def test_a_regular_expression() -> None:
    assert found(TEXT, TextQuery(r"\d+ [A-Z]{3}", regex=True))[0][1] == ["20 EUR"]


def test_a_regular_expression_without_end_is_given_up_and_lets_others_run_meanwhile() -> None:
    ticks = []
    ended = threading.Event()

    def tick() -> None:
        while not ended.wait(0.01):
            ticks.append(time.monotonic())

    clock = threading.Thread(target=tick)
    clock.start()
    began = time.monotonic()
    try:
        with pytest.raises(DocqaError, match="takes too long"):
            found("a" * 60 + "b", TextQuery("(a|aa)+$", regex=True))
    finally:
        ended.set()
        clock.join()
    assert ticks[-1] - ticks[0] > 0.5 * (time.monotonic() - began)
    assert len(ticks) > 20


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("?!", {}, "has no words"),
        ("", {"exact": True}, "matches everything"),
        ("x*", {"regex": True}, "matches everything"),
        ("(", {"regex": True}, "is no regular expression"),
    ],
)
def test_a_query_that_finds_nothing_is_an_error(text: str, options: dict[str, bool], message: str) -> None:
    with pytest.raises(DocqaError) as raised:
        TextQuery(text, **options)
    assert message in str(raised.value)


WORDS = st.lists(
    st.sampled_from(["lamp", "lamps", "keeper", "Anna", "İstanbul", "1858", "straße", "STRASSE", "don't", "über"]),
    min_size=1,
)


@given(WORDS, st.sampled_from(["exact", "words"]))
def test_what_a_document_says_is_found_in_it(words: list[str], how: str) -> None:
    text = " ".join(words)
    document = parsed(f"The light.\n\n{text}\n\nThe end.")
    matches = list(TextQuery(text, exact=how == "exact").matches(document))
    assert matches
    for match in matches:
        start, end = match.passage
        assert all(start <= first < last <= end for first, last in match.spans)


def run(*arguments: object, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [DOCQA, "find", *map(str, arguments)]
    source = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, **source)


def test_the_command_prints_places_as_grep_does() -> None:
    done = run("harbour master retire", SAMPLES / "harbour-report.pdf")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{SAMPLES / 'harbour-report.pdf'}:4:15: I record the Board’s thanks")
    assert done.stdout.count("\n") == 1
    assert run("zyzzyva", SAMPLES, "-q").returncode == 1
    assert run("--regex", "(", SAMPLES).returncode == 2
    assert run("fee").stderr.startswith("docqa: no document given")
    assert run("fee", stdin="The fees were paid.").stdout == "(standard input):1: The fees were paid.\n"


def test_flags_of_grep_are_known() -> None:
    assert run("-n", "FEE", "-x", stdin="The fees were paid.").returncode == 1
    done = run("-in", "FEE", "-x", stdin="The fees were paid.")
    assert (done.returncode, done.stdout) == (0, "(standard input):1: The fees were paid.\n")


def test_names_and_counts_of_some_documents_and_pages() -> None:
    listed = run("dredging", SAMPLES, "-l", "-q").stdout.split("\n")[:-1]
    assert str(SAMPLES / "harbour-report.pdf") in listed
    counts = run("dredging", SAMPLES, "--count", "--in", "*.pdf", "-q").stdout
    name, count = counts.strip().rsplit(":", 1)
    assert name == str(SAMPLES / "harbour-report.pdf")
    facts = json.loads(run("dredging", SAMPLES, "--json", "--in", "*.pdf", "--pages", "8", "-q").stdout)
    assert facts["schema"] == "docqa.find/1"
    assert 0 < len(facts["matches"]) < int(count)
    for match in facts["matches"]:
        assert match["page"] == 8
        begin = match["passage_start"]
        spans = [match["passage"][start - begin : end - begin].casefold() for start, end in match["spans"]]
        assert all(span.startswith("dredg") for span in spans)


def test_context_is_whole_sentences_over_paragraphs_and_whole_rows() -> None:
    text = TEXT + "\n| Ship | Tons |\n|---|---|\n| Aurelia | 214 |\n| Bellona | 1198 |\n"
    document = parse(Source("a.md", text.encode()))

    def around(word: str, count: int) -> list[str]:
        (match,) = TextQuery(word, exact=True).matches(document)
        spans = surroundings(document, match.passage, count)
        return [" ".join(document.text[slice(*span)].split()) for span in spans]

    assert around("binds", 1) == [
        "The agreement may be terminated by either party.",
        "It binds both.",
        around("once", 0)[0],
    ]
    first = "The agreement may be terminated by either party."
    assert around("binds", 0) == ["It binds both."]
    assert [row.split() for row in around("Aurelia", 1)] == [["Ship", "Tons"], ["Aurelia", "214"], ["Bellona", "1198"]]
    assert around("Bellona", 1000)[0] == first
    assert around("Bellona", 1000)[-1].split() == ["Bellona", "1198"]


def test_context_is_printed_once_as_grep_does(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One. Two ox. Three. Four ox. Five. Six. Seven. Eight ox.\n", encoding="utf-8")
    done = subprocess.run(
        [DOCQA, "find", "ox", "a.txt", "-C", "1"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "a.txt-1- One.",
        "a.txt:1: Two ox.",
        "a.txt-1- Three.",
        "a.txt:1: Four ox.",
        "a.txt-1- Five.",
        "--",
        "a.txt-1- Seven.",
        "a.txt:1: Eight ox.",
    ]


def test_a_format_is_its_flag(capsys: pytest.CaptureFixture[str]) -> None:
    parser = build_parser("find")
    assert parser.parse_args(["find", "x", "a.txt", "--format", "jsonl"]) == parser.parse_args(
        ["find", "x", "a.txt", "--jsonl"]
    )
    assert not parser.parse_args(["find", "x", "a.txt", "--format", "text"]).json
    for wrong in (["--format", "xml"], ["--format", "json", "--count"], ["-C", "-1"], ["-C", "²"]):
        with pytest.raises(SystemExit):
            parser.parse_args(["find", "x", "a.txt", *wrong])
        assert "docqa find: error: " in capsys.readouterr().err
