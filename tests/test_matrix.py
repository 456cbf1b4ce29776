"""Questions down, documents across: `docqa ask --each`."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCQA = Path(sys.executable).with_name("docqa")
QUESTIONS = "# review\nWho is the tenant?\nWhat is the rent?\nWhat is the capital of Peru?\n"


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "mill.txt").write_text("The tenant is Anna Holm. The rent is 900 euros a month.\n", encoding="utf-8")
    (folder / "quay.md").write_text("# Quay\n\nThe tenant is Nils Ekeli.\n", encoding="utf-8")
    (tmp_path / "questions.txt").write_text(QUESTIONS, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [DOCQA, "ask", "--each", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


def test_a_spreadsheet_has_a_row_for_each_question_and_a_column_for_each_document(contracts: Path) -> None:
    done = run(contracts, "--questions", "questions.txt", "contracts", "--csv")
    assert (done.returncode, done.stderr) == (0, "")
    header, tenants, rents, painters = csv.reader(done.stdout.splitlines())
    names = ("contracts/mill.txt", "contracts/quay.md")
    assert header == ["question", *(f"{name}{part}" for name in names for part in ("", ": place", ": state"))]
    assert tenants[:3] + tenants[4:6] == ["Who is the tenant?", "Anna Holm", "line 1", "Nils Ekeli", "line 3"]
    assert re.fullmatch(r"found \(>?\d\d%\)", tenants[3])
    assert rents[1].startswith("900 euros")
    assert painters == ["What is the capital of Peru?", "", "", "no answer", "", "", "no answer"]


def test_a_spreadsheet_that_is_a_file_says_that_it_is_utf_8(contracts: Path) -> None:
    command = [DOCQA, "ask", "Who is the tenant?", "contracts", "--each", "--csv"]
    with (contracts / "review.csv").open("wb") as file:
        subprocess.run(command, cwd=contracts, stdout=file, check=True)
    assert (contracts / "review.csv").read_bytes().startswith(b"\xef\xbb\xbfquestion,")


def test_a_document_is_asked_as_if_it_were_alone(contracts: Path) -> None:
    facts = json.loads(run(contracts, "Who is the tenant?", "contracts", "--json").stdout)
    assert facts["schema"] == "docqa.matrix/1"
    command = [DOCQA, "ask", "Who is the tenant?", "contracts/quay.md", "--json"]
    alone = json.loads(subprocess.run(command, cwd=contracts, capture_output=True, check=True).stdout)
    of_quay = next(each for each in facts["results"] if each["document"] == "contracts/quay.md")
    assert of_quay["answers"] == alone["answers"]
    assert of_quay["windows_total"] == alone["windows_total"]


def test_text_answers_and_json_lines_say_the_same(contracts: Path) -> None:
    text = run(contracts, "--questions", "questions.txt", "contracts").stdout
    assert "? Who is the tenant?\n   contracts/mill.txt: Anna Holm (line 1; " in text
    assert "\n   contracts/quay.md: –" in text
    answers = [
        line.split("\t")
        for line in run(contracts, "--questions", "questions.txt", "contracts", "-o").stdout.split("\n")
    ]
    lines = [
        json.loads(line)
        for line in run(contracts, "--questions", "questions.txt", "contracts", "--jsonl").stdout.splitlines()
    ]
    for shown, facts in zip(answers, lines, strict=False):
        assert shown == [each["answers"][0]["text"] if each["answered"] else "" for each in facts["results"]]
    assert len(lines) == 3


def test_only_some_documents_are_columns(contracts: Path) -> None:
    done = run(contracts, "Who is the tenant?", "contracts", "--in", "*.md", "--csv")
    assert done.stdout.splitlines()[0] == "question,contracts/quay.md,contracts/quay.md: place,contracts/quay.md: state"
    written = run(contracts, "Who is the tenant?", "contracts", "--in", "*.md", "--format", "md").stdout
    assert "of 1 document:" in written and "mill.txt" not in written
    assert "| contracts/quay.md | Nils Ekeli | line 3 | found (" in written
    done = run(contracts, "What is the capital of Peru?", "contracts")
    assert done.returncode == 1
    assert run(contracts, "Who?", "contracts", "--pages", "2").returncode == 2


def test_a_cell_is_no_formula(contracts: Path) -> None:
    (contracts / "contracts" / "sum.txt").write_text("The total of the table is =1+1 today.\n", encoding="utf-8")
    done = run(contracts, "What is the total of the table?", "contracts/sum.txt", "--csv")
    cell = list(csv.reader(done.stdout.splitlines()))[1][1]
    assert not cell.startswith("=")
