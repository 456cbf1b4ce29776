"""Every export format contains the questions, answers and citations."""

import csv
import io
import json
import re
from dataclasses import replace

from markdown_it import MarkdownIt
from support.scoring import by_score
from support.stage import paged

from docqa.answers import Mark, Result, Withheld, rank_answers
from docqa.documents import Source
from docqa.documents.plain_text import from_text
from docqa.export import FORMATS, ExportedDocument, ExportHead, as_csv
from docqa.github_markdown import escaped
from docqa.output import as_dict
from docqa.ranking import Candidate

_TEXT = "The *old* lamp [1] was lit by Anna Holm in 1858.\n\n=SUM(A1) was the keeper's joke. Anna Holm laughed."
_DOCUMENT = from_text(Source("a_b.txt", b""), "text", _TEXT)


def _result(question: str, *texts: str, answered: bool = True) -> Result:
    candidates = by_score(
        *(
            Candidate(0, at, at + len(text), 9.0 - number)
            for number, text in enumerate(texts)
            for at in [_TEXT.index(text)]
        )
    )
    answers = tuple(rank_answers(candidates, [_DOCUMENT], 5))
    found, closest = (answers, ()) if answered else ((), answers)
    return Result(question, answered, found, closest, 3, 7, "bundled", "hybrid", 0.1)


HEAD = ExportHead("2026-11-27", (ExportedDocument("a_b.txt", 0, "cafe"), ExportedDocument("c.pdf", 12, "babe")))


def markdown(results: list[Result]) -> str:
    return FORMATS[".md"](results, HEAD)


def test_an_address_in_a_document_is_no_link_in_markdown() -> None:
    text = "See https://a.example/b_c?d=1&e or www.b.example or mailto:c@d.example."
    written = escaped(text)
    html = MarkdownIt("gfm-like").render(written)
    assert "<a " in MarkdownIt("gfm-like").render(text)
    assert html == f"<p>{text.replace('&', '&amp;')}</p>\n"
    # As GitHub looks for them, with nothing in between.
    assert not re.search(r"\w://|www\.|mailto:", written)


def test_markdown_quotes_the_answer_in_its_passage() -> None:
    text = markdown([_result("Who lit it?", "Anna Holm"), _result("Why?", "lamp", answered=False)])
    assert text.startswith("# Questions and answers\n\nExported on 2026-11-27, of 2 documents:\n\n- a\\_b.txt, SHA")
    assert "- c.pdf, 12 pages, SHA-256 babe\n" in text
    assert "## Who lit it?" in text
    assert r"> The \*old\* lamp \[1\] was lit by **Anna Holm** in 1858." in text
    assert r"a\_b.txt, line 1" in text
    assert "No answer in these documents (3 of 7 passages searched)." in text


def test_of_a_withheld_answer_the_passage_is_exported_and_neither_the_span_nor_a_probability() -> None:
    result = replace(
        _result("Did she light it?", "lamp", answered=False), withheld=Withheld("yes-no", "this asks for a yes or no")
    )
    text = markdown([result])
    assert "This asks for a yes or no (3 of 7 passages searched)." in text
    assert r"   > The \*old\* lamp \[1\] was lit by Anna Holm in 1858." in text
    assert "1. a\\_b.txt, line 1" in text
    assert "%" not in text
    assert as_csv([result]).splitlines()[1].startswith("Did she light it?,no,,")


def test_csv_has_a_row_for_each_answer_and_runs_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv([_result("Who?", "Anna Holm", "=SUM(A1)"), _result("Why?")]))))
    assert [row["answer"] for row in rows] == ["Anna Holm", "'=SUM(A1)", ""]
    assert [row["answered"] for row in rows] == ["yes", "yes", "no"]
    assert rows[0]["document"] == "a_b.txt" and rows[0]["line_start"] == "1" and rows[0]["page"] == ""


def test_csv_says_on_which_page_an_answer_ends() -> None:
    lines = paged("report.pdf", [["It was lit by Anna"], ["Holm in 1858."]])
    document = replace(lines, text=lines.text.replace("Anna\n", "Anna "))
    found = tuple(rank_answers(by_score(Candidate(0, 14, 23, 9.0)), [document], 5))
    (row,) = csv.DictReader(io.StringIO(as_csv([replace(_result("Who?"), answered=True, answers=found)])))
    assert (row["answer"], row["page"], row["line_start"]) == ("Anna Holm", "1", "1")
    assert (row["page_end"], row["line_end"]) == ("2", "1")


def test_json_has_the_date_the_documents_and_the_results_of_docqa_ask() -> None:
    one = _result("Who?", "Anna Holm")
    exported = json.loads(FORMATS[".json"]([one, replace(one, question="Whom?")], HEAD))
    assert (exported["schema"], exported["date"]) == ("docqa.export/1", "2026-11-27")
    assert exported["documents"][1] == {"name": "c.pdf", "pages": 12, "sha256": "babe"}
    assert [each["answers"][0]["text"] for each in exported["results"]] == ["Anna Holm", "Anna Holm"]
    assert exported["results"][0] == json.loads(json.dumps(as_dict(one)))


def test_a_note_runs_no_formula_and_is_kept_where_nothing_is_answered() -> None:
    noted = replace(_result("Why?", "lamp", answered=False).closest[0], mark=Mark(note="=1+1", pinned=True))
    one = replace(_result("Why?", answered=False), closest=(noted,))
    (row,) = csv.DictReader(io.StringIO(as_csv([one])))
    assert (row["answered"], row["note"], row["pinned"], row["answer"]) == ("no", "'=1+1", "yes", "lamp")
