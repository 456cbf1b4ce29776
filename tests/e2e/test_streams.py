"""Outputs that can't be written, encodings that lack a letter, and names that are not UTF-8."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

DOCQA = shlex.quote(str(Path(sys.executable).with_name("docqa")))
COMMANDS = (
    "text lamp.txt",
    "text lamp.txt --json",
    "ask 'Who lit it?' lamp.txt --retriever lexical",
    "ask 'Who lit it?' lamp.txt --retriever lexical --jsonl",
    "models",
    "models show --json",
    "finetune pairs.json --dry-run",
    "completion bash",
    "--help",
    "ask --help",
    "--version",
)
NO_FULL_DEVICE = not Path("/dev/full").exists()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lamp.txt").write_text("The lamp was lit by Zoë “Zo” Marsh in 1902.\n", encoding="utf-8")
    pair = {"question": "Who?", "context": "It was Anna.", "answer": "Anna"}
    (tmp_path / "pairs.json").write_text(json.dumps([pair]), encoding="utf-8")
    return tmp_path


def shell(folder: Path, line: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of bash, in which `docqa` is the command."""
    command = f'docqa() {{ {DOCQA} "$@"; }}; {line}'
    environment = os.environ | variables
    return subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, check=False)


@pytest.mark.skipif(NO_FULL_DEVICE, reason="there is no /dev/full")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_or_closed_stdout_is_told_of(command: str, folder: Path) -> None:
    for output, reason in (("> /dev/full", b"no space left on device"), (">&-", b"bad file descriptor")):
        done = shell(folder, f"docqa {command} {output}")
        assert done.returncode == 2
        assert b"standard output can't be written: " + reason in done.stderr
        assert b"bug" not in done.stderr
    assert shell(folder, f"docqa {command} >&- 2>&-").returncode == 2


@pytest.mark.skipif(NO_FULL_DEVICE, reason="there is no /dev/full")
def test_what_stderr_can_t_take_costs_no_answer(folder: Path) -> None:
    for output in ("2> /dev/full", "2>&-", "2> >(true)"):
        done = shell(folder, f"docqa text lamp.txt nowhere.txt {output}")
        assert "Zoë".encode() in done.stdout
        assert done.returncode == 2  # nowhere.txt


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_that_has_gone_ends_it_quietly(command: str, folder: Path) -> None:
    done = shell(folder, f"docqa {command} | true; exit ${{PIPESTATUS[0]}}")
    assert done.returncode in {0, 141}
    assert done.stderr == b""


def test_a_closed_stdin_is_an_empty_document(folder: Path) -> None:
    done = shell(folder, "docqa text - <&-")
    assert done.returncode == 2
    assert b"(standard input) is empty" in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_json_is_valid_in_any_encoding(encoding: str, folder: Path) -> None:
    done = shell(folder, "docqa text lamp.txt --json", PYTHONIOENCODING=encoding)
    assert "Zoë “Zo” Marsh" in json.loads(done.stdout)["blocks"][0]["text"]
    text = shell(folder, "docqa text lamp.txt", PYTHONIOENCODING=encoding).stdout.decode(encoding)
    assert "Marsh in 1902" in text


@pytest.mark.skipif(sys.platform == "darwin", reason="its names are UTF-8")
def test_a_name_that_is_not_utf_8_is_shown_and_kept(folder: Path) -> None:
    name = b"caf\xe9.txt"
    Path(os.fsdecode(bytes(folder) + b"/" + name)).write_text("The cook is Clara Holm.\n", encoding="utf-8")
    asked = "docqa ask 'Who is the cook?' $'caf\\xe9.txt' --retriever lexical"
    for _ in range(2):  # The second time it is in the cache.
        shown = shell(folder, asked)
        assert b"caf\\xe9.txt, line 1" in shown.stdout
        assert shown.stderr == b""
    answer = json.loads(shell(folder, f"{asked} --json").stdout)["answers"][0]
    assert os.fsencode(answer["document"]) == name
    assert b"==> caf\\xe9.txt <==" in shell(folder, "docqa text $'caf\\xe9.txt' lamp.txt").stdout
    assert b"caf\\xea.txt does not exist" in shell(folder, "docqa text $'caf\\xea.txt'").stderr


def test_a_question_that_is_not_utf_8_is_asked(folder: Path) -> None:
    done = shell(folder, "docqa ask $'Who lit \\xe9 the lamp?' lamp.txt --retriever lexical --json")
    assert json.loads(done.stdout)["question"] == "Who lit \ufffd the lamp?"
