"""The installed command, as a user or a script runs it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from reportlab.pdfgen import canvas

from docqa import config

ROOT = Path(__file__).parent.parent.parent
DOCQA = Path(sys.executable).with_name("docqa")
REPORT = ROOT / "sample_docs" / "harbour-report.pdf"
QUESTION = "Who retired as Harbour Master?"


def run(*arguments: object, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [DOCQA, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | environment,
        check=False,
    )


def test_a_question_about_a_pdf_is_answered_with_its_page() -> None:
    done = run("ask", QUESTION, REPORT)
    assert done.returncode == 0
    assert done.stdout.startswith("1. ")
    assert "Duncan Presswell" in done.stdout.splitlines()[0]
    assert "page 4 (1), line 15, 1.1 Statement by the chair" in done.stdout
    assert done.stderr == ""


def test_json_and_text_agree(tmp_path: Path) -> None:
    done = run("ask", QUESTION, REPORT, "--json", "--top", 2)
    answers = json.loads(done.stdout)
    assert answers["answered"]
    assert len(answers["answers"]) + len(answers["closest"]) == 2
    assert (answers["answers"][0]["page"], answers["answers"][0]["page_label"]) == (4, "1")
    redirected = tmp_path / "out.txt"
    with redirected.open("w", encoding="utf-8") as stream:
        subprocess.run([DOCQA, "ask", QUESTION, REPORT, "--top", "1"], stdout=stream, check=True)
    assert redirected.read_text(encoding="utf-8") == run("ask", QUESTION, REPORT, "--top", 1).stdout


def test_a_document_from_standard_input() -> None:
    done = run("ask", "When was the lighthouse built?", "-", stdin="The lighthouse at Skagen was built in 1858.")
    assert done.returncode == 0
    assert "1858" in done.stdout.splitlines()[0]
    assert "(standard input), line 1" in done.stdout


def test_no_answer_is_exit_code_1() -> None:
    done = run("ask", "What is the boiling point of mercury?", "-", stdin="Anna Holm kept the lamp for years.")
    assert done.returncode == 1
    assert done.stdout.startswith("no answer in these documents (1 of 1 passages searched)")


def test_many_questions_from_a_file(tmp_path: Path) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_text(f"# people\n{QUESTION}\n\nWho compiled the report?\n", encoding="utf-8")
    done = run("ask", "--questions", questions, REPORT, "--jsonl")
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["question"] for line in lines] == [QUESTION, "Who compiled the report?"]
    assert "Linnell" in lines[1]["answers"][0]["text"]
    first, second = run("ask", "--questions", questions, REPORT, "-o").stdout.splitlines()
    assert first.split("\t") == [answer["text"] for answer in lines[0]["answers"]]
    assert second.split("\t") == [answer["text"] for answer in lines[1]["answers"]]


def test_only_the_answers_are_printed_and_no_answer_is_no_output() -> None:
    done = run("ask", QUESTION, REPORT, "--top", 1, "--only-answers")
    assert (done.returncode, done.stdout) == (0, "Duncan Presswell\n")
    done = run("ask", "Who painted the Night Watch?", REPORT, "-o")
    assert (done.returncode, done.stdout) == (1, "")


def test_context_and_markdown() -> None:
    done = run("ask", QUESTION, REPORT, "--top", 1, "-C", 1, "--format", "md")
    assert f"## {QUESTION}\n\n1. **Duncan Presswell** (" in done.stdout
    (quoted,) = [line for line in done.stdout.splitlines() if line.startswith("   > ")]
    assert quoted.startswith("   > The other two, on night-time noise") and quoted.endswith("and Dr Piers Colvin.")


def test_json_of_each_document_has_more_answers_and_what_spoke_for_them() -> None:
    facts = json.loads(run("ask", QUESTION, REPORT, "--each", "--json", "--explain", "--top", 3, "-q").stdout)
    (result,) = facts["results"]
    found = result["answers"] + result["closest"]
    assert len(found) == 3
    assert found[0]["explanation"]["reasons"]


def test_only_some_documents_and_pages_are_asked() -> None:
    folder = REPORT.parent
    place = json.loads(run("ask", QUESTION, folder, "--json").stdout)["answers"][0]
    assert (Path(place["document"]).name, place["page"]) == (REPORT.name, 4)
    assert (
        run("ask", QUESTION, folder, "--in", "*.pdf", "--pages", "4", "-o", "--top", 1).stdout == f"{place['text']}\n"
    )
    for elsewhere in (["--in", "*.md", "--in", "*.txt"], ["--pages", "5-"]):
        found = json.loads(run("ask", QUESTION, folder, *elsewhere, "--json").stdout)
        shown = found["answers"] + found["closest"]
        assert shown
        assert not [each for each in shown if (Path(each["document"]).name, each["page"]) == (REPORT.name, 4)]


def test_options_may_stand_anywhere(tmp_path: Path) -> None:
    (tmp_path / "-lamp.txt").write_text("Anna Holm kept the lamp for 31 years.", encoding="utf-8")
    question, lamp = "Who kept the lamp?", tmp_path / "-lamp.txt"
    expected = run("ask", question, lamp, REPORT, "--top", 1, "-o", "-q").stdout
    assert expected == "Anna Holm\n"
    for arguments in (
        ["--top", 1, question, "-o", lamp, "-q", REPORT],
        [question, "-qo", "--top=1", lamp, REPORT],
        [question, "--in", "*.*", lamp, "-oq", "--top", 1, "--", REPORT],
    ):
        assert run("ask", *arguments).stdout == expected
    command = [DOCQA, "ask", question, "-oq", "--top", "1", "--", "-lamp.txt"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout == expected
    assert run("find", "lamp", "-l", lamp, "-q", REPORT).stdout.splitlines()[0] == str(lamp)
    texts = run("text", lamp, "--format", "md", REPORT)
    assert (texts.returncode, "Anna Holm" in texts.stdout, "Duncan Presswell" in texts.stdout) == (0, True, True)


def test_without_a_path_a_document_is_read_from_a_pipe() -> None:
    done = run("ask", "When was the lighthouse built?", "-o", stdin="The lighthouse at Skagen was built in 1858.")
    assert (done.returncode, done.stdout) == (0, "1858\n")
    command = [DOCQA, "ask", "When?"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (done.returncode, "no document given" in done.stderr) == (2, True)


def test_help_of_a_command_is_what_its_flag_prints() -> None:
    assert run("help").stdout == run("--help").stdout
    assert run("help", "models", "pull").stdout == run("models", "pull", "--help").stdout


def test_a_bad_file_is_reported_and_the_others_are_searched(tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"no PDF")
    (tmp_path / "good.txt").write_text("Anna Holm kept the lamp for 31 years.", encoding="utf-8")
    done = run("ask", "Who kept the lamp?", tmp_path)
    assert done.returncode == 2
    assert "Anna Holm" in done.stdout
    assert "bad.pdf is damaged or not a PDF" in done.stderr
    assert "hint:" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_was_not_read_of_a_document_is_told(tmp_path: Path) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), invariant=1)
    sheet.drawString(72, 700, "Anna Holm kept the lamp for 31 years.")
    sheet.showPage()
    sheet.rect(72, 72, 400, 600)
    sheet.save()
    done = run("ask", "Who kept the lamp?", tmp_path, "--json")
    assert done.returncode == 0
    assert "a.pdf: page 2 has no text" in done.stderr
    (warning,) = json.loads(done.stdout)["warnings"]
    assert warning["document"].endswith("a.pdf")
    assert warning["message"].startswith("page 2 has no text")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask"], "the following arguments are required"),
        (["ask", "Who?"], "(standard input) is empty"),
        (
            ["ask", "Who?", "README.md", "--tpo", "3"],
            "docqa ask: error: unrecognized arguments: --tpo 3 (did you",
        ),
        (["ask", "Who?", "README.md", "--in", "*.pdf"], "no document matches '*.pdf'"),
        (["ask", "Who?", "README.md", "--pages", "2"], "README.md has no pages"),
        (["ask", "--inline", "README.md", "--pages", "2"], "--inline and --pages cannot be combined"),
        (["ask", "Who?", "README.md", "--each", "-C", "1"], "--each and --context cannot be combined"),
        (["ask", "Who?", "README.md", "--each", "--explain"], "--each and --explain cannot be combined"),
        (["ask", "Who?", "README.md", "--each", "--top", "3", "--csv"], "--each and --top cannot be combined"),
        (["ask", "Who?", "README.md", "-o", "--explain"], "--only-answers and --explain cannot be combined"),
        (["ask", "Who?", "README.md", "-o", "-C", "1"], "--only-answers and --context cannot be combined"),
        (["ask", "Who?", "README.md", "--csv", "--explain"], "--csv and --explain cannot be combined"),
        (["find", "docqa", "README.md", "-c", "-C", "2"], "--context and --count cannot be combined"),
        (["find", "docqa", "README.md", "-l", "-C", "2"], "--context and --files-with-matches cannot be combined"),
        (["ask", "README.md", "Who?"], "README.md is a file; the question comes first"),
        (["ask", "Who?", "nowhere.pdf"], "nowhere.pdf does not exist"),
        (["ask", "Who?", "x" * 300], "does not exist"),
        (["ask", "x" * 300, "nowhere.pdf"], "nowhere.pdf does not exist"),
        (["ask", "Who?", "README.md", "--retriever", "best"], "invalid choice: 'best'"),
        (["ask", "Who?", "README.md", "--reader", "nosuchreader"], "nosuchreader"),
        (["ask", "Who?", "README.md", "--reader", "./nope"], "the folder ./nope does not exist"),
        (["ask", "Who?", "README.md", "--top", "0"], "top is 0"),
        (["ask", "Who?", "sample_docs/staff-handbook.md", "--device", "tpu"], "no device 'tpu'"),
        (["ask", "--questions", "nowhere.txt", "README.md"], "nowhere.txt does not exist"),
        (["ask", "Who?", "--questions", "q.txt", "README.md"], "a question and --questions cannot be combined"),
        (["ask", "Who?", "--top", "3", "README.md", "--tpo", "a.pdf"], "unrecognized arguments: --tpo a.pdf (did you"),
        (["ask", "Who?", "-o", "--", "-q"], "-q does not exist"),
        (["completion", "bash", "zsh"], "docqa completion: error: unrecognized arguments: zsh"),
        (["open", "README.md"], "the app needs a terminal"),
        (["models", "pul"], "(did you mean pull?)"),
        (["text"], "the following arguments are required"),
        (["text", "nowhere.pdf"], "nowhere.pdf does not exist"),
        (["text", "README.md", "--json", "--markdown"], "not allowed with"),
        (["text", "README.md", "--pages", "3-x"], "--pages is '3-x'"),
        (["text", "README.md", "--pages", "9-3"], "--pages is '9-3'"),
        (["text", "README.md", "--pages", "2"], "README.md has no pages"),
        (["text", "sample_docs/harbour-report.pdf", "--pages", "700"], "harbour-report.pdf has only 18 pages"),
        (["modles", "list"], "there is no command 'modles' (did you mean models?)"),
        (["help", "nosuchcommand"], "there is no command 'nosuchcommand'"),
        (["Who retired?", "README.md"], "docqa ask QUESTION PATH..."),
        (["README.md"], "docqa: there is no command 'README.md', but a file or folder\n  hint: docqa open README.md\n"),
        (["ask", "--top"], "docqa ask: error: argument --top: expected one argument\n  hint: docqa ask --help\n"),
        (
            ["models", "pull"],
            "docqa models pull: error: the following arguments are required: MODEL\n",
        ),
    ],
)
def test_a_mistake_is_reported_with_exit_code_2(arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "usage:" not in done.stderr


def test_without_a_command_the_help_is_printed() -> None:
    done = run()
    assert (done.returncode, done.stdout, done.stderr) == (2, run("--help").stdout, "")


def test_help_is_instant_and_has_examples() -> None:
    for command in ([], ["ask"], ["text"], ["open"], ["serve"], ["models"], ["models", "pull"], ["completion"]):
        done = run(*command, "--help")
        assert done.returncode == 0
        assert "examples:" in done.stdout
    code = "import sys, docqa, docqa.cli.main; docqa.cli.main.build_parser().format_help(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "transformers", "sentence_transformers", "textual", "numpy"} & set(loaded)


def test_version_and_module() -> None:
    version = run("--version").stdout
    assert version.startswith("docqa ")
    module = subprocess.run([sys.executable, "-m", "docqa", "--version"], capture_output=True, text=True, check=True)
    assert module.stdout == version


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "tcsh"])
def test_completion_scripts(shell: str) -> None:
    done = run("completion", shell)
    assert done.returncode == 0
    assert "top-k-windows" in done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["mo"], ["models"]),
        (["help", "qu"], ["questions"]),
        (["questions", "show", ""], ["lease\\ review", "one"]),
        (["questions", "remove", "o"], ["one"]),
        (["ask", "--questions", "@"], ["@lease\\ review", "@one"]),  # Bash splits a word at "@".
        (["ask", "--questions", "@", "le"], ["@lease\\ review"]),
        (["ask", "--questions", "=@", "on"], ["@one"]),
        (["ask", "--questions", "@", "nosuch"], []),
        (["ask", "Who?", "READ"], ["README.md"]),
    ],
)
def test_bash_completes_commands_sets_and_files(tmp_path: Path, words: list[str], expected: list[str]) -> None:
    where = {"DOCQA_HOME": str(tmp_path), "PATH": f"{DOCQA.parent}{os.pathsep}{os.environ['PATH']}"}
    for name in ("one", "lease review"):
        assert run("questions", "save", name, "-", stdin="Who?", **where).returncode == 0
    script = run("completion", "bash").stdout + "compopt() { :; }\n"  # It works only while a person presses Tab.
    ask = f'COMP_WORDS=(docqa "$@"); COMP_CWORD={len(words)}; $(complete -p docqa | grep -o "_[a-z_]*"); '
    done = subprocess.run(
        ["bash", "-c", script + ask + 'printf "%s\\n" "${COMPREPLY[@]}"', "bash", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | where,
    )
    assert (done.stdout.split("\n"), done.stderr) == ([*(expected or [""]), ""], "")


def test_the_text_of_some_pages_of_a_pdf() -> None:
    done = run("text", REPORT, "--pages", "4,6-7")
    assert (done.returncode, done.stderr) == (0, "")
    rules = [line for line in done.stdout.splitlines() if line.startswith("— page")]
    assert rules == ["— page 4 (1) —", "— page 6 (3) —", "— page 7 (4) —"]
    assert "I record the Board’s thanks to Captain Duncan Presswell, who retired" in done.stdout


def test_the_text_as_json_and_markdown_says_the_same() -> None:
    facts = json.loads(run("text", REPORT, "--pages", "-4", "--json").stdout)
    assert {block["page"] for block in facts["blocks"]} == {1, 2, 3, 4}
    assert any("Duncan Presswell" in block["text"] for block in facts["blocks"])
    assert "Duncan Presswell" in run("text", REPORT, "--pages", "4", "--markdown").stdout


def test_the_text_of_several_files_and_of_standard_input(tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"no PDF")
    (tmp_path / "good.txt").write_text("Anna Holm kept the lamp.", encoding="utf-8")
    done = run("text", tmp_path, "-", stdin="The second.")
    assert done.returncode == 2
    assert "bad.pdf is damaged or not a PDF" in done.stderr
    good = f"==> {tmp_path / 'good.txt'} <=="
    assert done.stdout == f"{good}\n\nAnna Holm kept the lamp.\n\n==> (standard input) <==\n\nThe second.\n"
    listed = json.loads(run("text", tmp_path / "good.txt", "-", "--json", stdin="The second.").stdout)
    assert [facts["document"] for facts in listed] == [str(tmp_path / "good.txt"), "-"]


def test_the_text_needs_no_model_and_no_app() -> None:
    code = f"import sys, docqa.cli.main as m; m.main(['text', {str(REPORT)!r}]); print(*sys.modules, file=sys.stderr)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr.split()
    assert "docqa.document_text" in loaded
    assert not {"torch", "transformers", "sentence_transformers", "textual", "tokenizers", "docqa.engine"} & set(loaded)


def on_a_terminal(arguments: list[str], columns: int = 0, **environment: str) -> str:
    """Return what a command writes to stdout if stdout is a terminal, of unknown width if `columns` is 0."""
    pty = pytest.importorskip("pty", exc_type=ImportError)
    ours, theirs = pty.openpty()
    pytest.importorskip("termios").tcsetwinsize(ours, (24, columns))
    with subprocess.Popen(
        [DOCQA, *arguments], stdout=theirs, stderr=subprocess.DEVNULL, env=os.environ | environment
    ) as process:
        os.close(theirs)
        written = b""
        while True:
            try:
                part = os.read(ours, 65_536)
            except OSError:  # The other end was closed.
                break
            if not part:
                break
            written += part
        assert process.wait() == 0
    os.close(ours)
    return written.decode().replace("\r\n", "\n")


def test_colour_only_on_a_terminal_and_never_with_no_color() -> None:
    arguments = ["ask", QUESTION, str(REPORT), "--top", "1"]
    plain = run(*arguments).stdout
    assert "\x1b[" in on_a_terminal(arguments, TERM="xterm", NO_COLOR="")
    assert on_a_terminal(arguments, TERM="xterm", NO_COLOR="1") == plain


def test_lines_are_as_long_as_the_terminal_is_wide() -> None:
    for arguments in (["ask", QUESTION, str(REPORT), "--top", "1"], ["text", str(REPORT), "--pages", "4"]):
        written = on_a_terminal(arguments, 60, TERM="xterm", NO_COLOR="1").splitlines()
        assert 50 < max(len(line) for line in written if "/" not in line) <= 60
    narrow, wide = (on_a_terminal(["ask", QUESTION, str(REPORT)], columns, TERM="xterm") for columns in (60, 160))
    assert "\n   Report and Harbour Safety Review" not in wide
    assert max(map(len, wide.splitlines())) > 100
    assert len(narrow.splitlines()) > len(wide.splitlines())
    assert "\x1b[1m" in on_a_terminal(["text", str(REPORT), "--pages", "4"], TERM="xterm", NO_COLOR="")
    assert "\x1b" not in on_a_terminal(["text", str(REPORT), "--pages", "4"], TERM="xterm", NO_COLOR="1")


def test_characters_that_the_output_encoding_lacks_are_escaped() -> None:
    done = run("ask", "Who is the keeper?", "-", "-q", stdin="The keeper is “Núñez”.", PYTHONIOENCODING="ascii:strict")
    assert done.returncode in {0, 1}
    assert "N\\xfa\\xf1ez" in done.stdout
    assert done.stderr == ""


def test_defaults_in_the_help_are_those_of_the_settings() -> None:
    for command in ("ask", "open", "serve"):
        text = " ".join(run(command, "--help").stdout.split())
        assert "PDF, text or Markdown file" in text
        for name in ("top", "retriever", "top_k_windows", "max_seq_length", "doc_stride", "max_answer_length"):
            described = text[text.index(f"{config.flag(name)} ", text.index("options:")) :]
            assert described[described.index("(default: ") :].startswith(f"(default: {config.default(name)})"), name


def test_a_closed_pipe_ends_it_quietly() -> None:
    command = f"'{DOCQA}' ask --jsonl '{QUESTION}' '{REPORT}' | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in {"0", "141"}
    assert done.stderr == ""


def test_an_interrupt_ends_it_with_130() -> None:
    # A shell ignores SIGINT in background jobs, and their children inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen([DOCQA, "ask", "Who?", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    signal.signal(signal.SIGINT, before)
    assert process.stdin is not None
    process.stdin.write(b" " * (1 << 20))  # More than a pipe's buffer: returns while docqa is reading.
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, b"docqa: interrupted\n")


def test_the_wheel_has_the_models_and_the_apps_style(tmp_path: Path) -> None:
    import zipfile

    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("docqa_tui-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    weights = {f"bundled/{model}/model.safetensors" for model in ("reader", "retriever")}
    assert {f"docqa/{needed}" for needed in weights | {"tui/app.tcss", "tui/web/app_index.html", "py.typed"}} <= names
    assert not any(name.startswith(("tests/", "benchmarks/", "models/")) for name in names)
