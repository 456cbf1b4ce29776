"""`docqa ask QUESTION PATH...`: answers on stdout, everything else on stderr."""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.cli.arguments import (
    add_context,
    add_format,
    add_scope,
    add_setting,
    add_settings,
    document_help,
    exists,
    is_piped,
    refuse_together,
    settings,
)
from docqa.cli.commands import COMMANDS, add_command
from docqa.cli.terminal import columns, in_colour, mark_as_utf8, note, progress_bar, report, say, say_json
from docqa.errors import DocqaError, ExitCode
from docqa.terminal_text import as_json, one_line

if TYPE_CHECKING:
    from docqa.answers import Answer, Result
    from docqa.collection import Collection
    from docqa.documents import Document
    from docqa.export import ExportHead
    from docqa.scope import Scope

_BATCH = 16  # Questions read together: few enough that the first answers are printed soon.

_EXAMPLES = """\
examples:
  docqa ask 'When does the contract end?' contract.pdf
  docqa ask 'Who is liable?' contracts/ notes.txt --top 3
  docqa ask 'What is the fee?' contracts/ --in '*2024*' --pages 1-3
  docqa ask --questions questions.txt report.pdf --jsonl
  docqa ask --questions questions.txt contracts/ --each --csv > review.csv
  docqa ask --questions @review contracts/ --each      the question set review (docqa questions)
  pandoc letter.docx -t plain | docqa ask 'Who wrote it?'
  docqa ask --inline report.pdf                        ask one question after another under the prompt
  docqa ask 'Who is liable?' contract.pdf --explain    what spoke for and against each answer
  docqa ask 'Who is liable?' contract.pdf -C 3         with three sentences before and after each answer's
  docqa ask 'How many staff?' report.pdf -o --top 1    the answer alone
  docqa ask 'How many staff?' report.pdf --no-corrections    without what you marked in the app
  docqa ask 'How many staff?' report.pdf --json | jq -r '.answers[0].page'

exit codes: 0 at least one answer, 1 no answer, 2 an error or an unreadable file, 130 interrupted
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "ask",
        COMMANDS["ask"].about,
        description="Ask documents a question. Prints verbatim answers with page and line, most probable first.",
        examples=_EXAMPLES,
        run=run,
    )
    parser.add_argument(
        "question",
        metavar="QUESTION",
        help="the question; leave it out with --questions, or to type it under the prompt (--inline)",
    )
    parser.add_argument("paths", metavar="PATH", nargs="*", help=f"{document_help()}, folder, or - for stdin")
    parser.add_argument(
        "--questions",
        metavar="FILE",
        help="ask every line of FILE (- for stdin) but those that begin with #; @NAME for a set (docqa questions)",
    )
    parser.add_argument(
        "--each", action="store_true", help="ask each document alone, and print the best answer of each"
    )
    add_scope(parser)
    add_setting(parser, "top")
    parser.add_argument("--explain", action="store_true", help="say what spoke for and against each answer")
    parser.add_argument(
        "--no-corrections",
        dest="corrections",
        action="store_false",
        help="leave aside what you marked in the app as right or wrong",
    )
    add_context(parser)
    output = parser.add_mutually_exclusive_group()
    add_format(output, "json", "jsonl", "csv", "md")
    output.add_argument("--json", action="store_true", help="print JSON (docs/formats.md)")
    output.add_argument("--jsonl", action="store_true", help="print one line of JSON per question")
    output.add_argument("--csv", action="store_true", help="print CSV, for spreadsheets")
    output.add_argument(
        "-o",
        "--only-answers",
        action="store_true",
        help="print the answers alone, one on a line; for several questions, a line each, with tabs between answers",
    )
    output.add_argument("--inline", action="store_true", help="ask one question after another under the prompt")
    parser.add_argument("-q", "--quiet", action="store_true", help="print no progress and no warnings")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print. The exit code says whether there was an answer."""
    if arguments.inline:
        return _run_inline(arguments)
    _refuse_what_is_not_printed(arguments)
    questions, paths = _questions_and_paths(arguments)
    loaded = settings(arguments)
    from docqa.engine import Engine

    engine = Engine(loaded)
    engine.load_in_background()
    if "-" in paths and sys.stdin.isatty():
        note("docqa: reading the document from standard input; end it with Ctrl-D")
    with progress_bar(quiet=arguments.quiet) as monitor:
        collection = engine.open(paths, monitor, arguments.password)
    _report(collection, quiet=arguments.quiet)
    if not collection.opened:
        return ExitCode.ERROR
    ask = _ask_each if arguments.each else _ask_all
    answered = ask(arguments, collection, questions)
    if collection.failures:
        return ExitCode.ERROR
    return ExitCode.ANSWERED if answered else ExitCode.NOT_FOUND


def _refuse_what_is_not_printed(arguments: argparse.Namespace) -> None:
    """An option that the output would leave out is an error. JSON has everything, but no passages of a matrix."""
    if arguments.each:
        refuse_together(
            "--each", {"--context": arguments.context is not None}, "a cell has an answer and its place alone"
        )
    if arguments.json or arguments.jsonl:
        return
    if arguments.each:
        more = {"--explain": arguments.explain, "--top": arguments.top is not None}
        refuse_together("--each", more, "a cell has an answer and its place alone; --json has more")
    if arguments.only_answers:
        refuse_together("--only-answers", {"--context": arguments.context is not None})
    for name, given in {
        "--only-answers": arguments.only_answers,
        "--csv": arguments.csv,
        "--format md": arguments.md,
    }.items():
        if given:
            refuse_together(name, {"--explain": arguments.explain}, "--json has the explanation")


def _run_inline(arguments: argparse.Namespace) -> int:
    """Ask under the prompt. On leaving, the answers are printed as without --inline, so that they stay on screen."""
    question, paths = arguments.question, arguments.paths
    combined = {
        "--questions": arguments.questions is not None,
        "--in": bool(arguments.within),
        "--pages": arguments.pages is not None,
        "--each": arguments.each,
        "--no-corrections": not arguments.corrections,
        "--context": arguments.context is not None,
    }
    refuse_together("--inline", combined)
    if exists(question):
        question, paths = "", [question, *paths]
    if not paths:
        raise DocqaError("no document given", "docqa ask --inline [QUESTION] PATH...")
    if "-" in paths:
        raise DocqaError("--inline needs standard input for the keyboard", "write the document to a file first")
    loaded = settings(arguments)
    from docqa import tui

    collection, results = tui.ask_inline(paths, loaded, arguments.password, question)
    for number, result in enumerate(results):
        say(("\n" if number else "") + _as_text(result, with_question=True, explain=arguments.explain))
    if collection is not None:
        _report(collection, quiet=arguments.quiet)
        if collection.failures:
            return ExitCode.ERROR
    return ExitCode.ANSWERED if any(result.answered for result in results) else ExitCode.NOT_FOUND


def _questions_and_paths(arguments: argparse.Namespace) -> tuple[list[str], list[str]]:
    if arguments.questions is None:
        if not arguments.paths and is_piped():
            return [arguments.question], ["-"]
        if not arguments.paths:
            raise DocqaError("no document given", "docqa ask QUESTION PATH..., question first")
        if exists(arguments.question) and Path(arguments.question).is_file():
            raise DocqaError(f"{arguments.question} is a file; the question comes first", "docqa ask QUESTION PATH...")
        return [arguments.question], arguments.paths
    paths = [arguments.question, *arguments.paths]
    if re.search(r"\s|\?$", arguments.question) and not exists(arguments.question):
        raise DocqaError(
            f"{arguments.question!r} is no file, and a question and --questions cannot be combined",
            "leave one of them out",
        )
    if arguments.questions == "-" and "-" in paths:
        raise DocqaError("standard input cannot be both the questions and a document", "use a file for one of them")
    questions = _read_questions(arguments.questions)
    if not questions:
        raise DocqaError(f"{arguments.questions} contains no questions", "write one per line")
    return questions, paths


def _read_questions(name: str) -> list[str]:
    from docqa.userdata import question_sets

    if name.startswith(question_sets.MARK) and not exists(name):
        return question_sets.load(name.removeprefix(question_sets.MARK))
    return question_sets.parsed(sys.stdin.read() if name == "-" else question_sets.read(Path(name)))


def _report(collection: "Collection", *, quiet: bool) -> None:
    for failure in collection.failures:
        report(failure.error)
    if not quiet:
        from docqa.documents import display_name

        for each in collection.left_out:
            note(f"docqa: {each.document}: {each.message}")
        for document in collection.documents:
            for warning in document.warnings:
                note(f"docqa: {display_name(document.name)}: {warning}")
        if collection.engine.store.failure:
            note(f"docqa: {collection.engine.store.failure}")


def _ask_all(arguments: argparse.Namespace, collection: "Collection", questions: list[str]) -> bool:
    from docqa import output

    results: list[Result] = []
    answered = False
    for number, result in enumerate(_results(arguments, collection, questions)):
        answered = answered or result.answered
        if arguments.json or arguments.csv or arguments.md:
            results.append(result)
        elif arguments.jsonl:
            say_json(output.as_json_line(result, explain=arguments.explain))
        elif arguments.only_answers:
            answers = [one_line(answer.text) for answer in result.answers]
            if answers or len(questions) > 1:
                say(("\t" if len(questions) > 1 else "\n").join(answers))
        else:
            text = _as_text(result, with_question=len(questions) > 1, explain=arguments.explain)
            say(("\n" if number else "") + text)
    if arguments.json:
        say_json(output.as_json(results, explain=arguments.explain))
    if arguments.csv:
        from docqa.export import as_csv

        say(as_csv(results).removesuffix("\n"))
    if arguments.md:
        from docqa.export import as_markdown

        say(as_markdown(results, _head(collection.documents)).removesuffix("\n"))
    return answered


def _head(documents: "Iterable[Document]") -> "ExportHead":
    from docqa.export import ExportHead

    return ExportHead.of(documents, date.today().isoformat())


def _ask_each(arguments: argparse.Namespace, collection: "Collection", questions: list[str]) -> bool:
    """Ask each document alone; print a matrix of questions and documents."""
    from docqa import output
    from docqa.matrix import Matrix

    matrix = Matrix(collection, arguments.within, arguments.pages)
    documents, asked = matrix.documents, []
    correct = _corrections(arguments, collection.engine.settings.top)
    alone = {document.name: [document] for document in collection.documents}
    with progress_bar(quiet=arguments.quiet) as monitor:
        for number, found in enumerate(matrix.rows(questions, monitor)):
            each = zip(found.results, documents, strict=True)
            row = replace(found, results=tuple(correct(result, alone[name], None) for result, name in each))
            asked.append(row)
            if arguments.jsonl:
                say_json(as_json(output.matrix_as_dict(documents, row, explain=arguments.explain)))
            elif arguments.only_answers:
                say("\t".join(one_line(each.answers[0].text) if each.answered else "" for each in row.results))
            elif not (arguments.json or arguments.csv or arguments.md):
                text = output.matrix_as_text(documents, row, colour=in_colour(), width=columns())
                say(("\n" if number else "") + text)
    if arguments.json:
        facts = [output.matrix_as_dict(documents, row, explain=arguments.explain) for row in asked]
        say_json(as_json(facts[0] if len(facts) == 1 else facts, indent=2))
    if arguments.csv:
        from docqa.matrix_export import matrix_as_csv

        mark_as_utf8()
        say(matrix_as_csv(documents, asked).removesuffix("\n"))
    if arguments.md:
        from docqa.matrix_export import matrix_as_markdown

        say(matrix_as_markdown(documents, asked, _head(one.document for one in matrix.opened)).removesuffix("\n"))
    return any(result.answered for row in asked for result in row.results)


def _results(arguments: argparse.Namespace, collection: "Collection", questions: list[str]) -> "Iterator[Result]":
    asked = _scope(arguments, collection)
    correct = _corrections(arguments, collection.engine.settings.top)
    for first in range(0, len(questions), _BATCH):
        with progress_bar(quiet=arguments.quiet) as monitor:
            results = collection.ask_all(questions[first : first + _BATCH], monitor, scope=asked)
        for result in results:
            yield _with_context(correct(result, collection.documents, asked), collection, arguments.context)


def _corrections(
    arguments: argparse.Namespace, top: int
) -> "Callable[[Result, Sequence[Document], Scope | None], Result]":
    """What adds the user's corrections to the result of asking documents, or a part of them."""
    if arguments.corrections:
        from docqa.user_marks import corrected
        from docqa.userdata import annotations, corrections

        try:
            kept, judged = corrections.load(), [one for one in annotations.load() if one.wrong]
        except DocqaError as error:
            report(error)  # The answers are of use without them.
        else:
            if kept or judged:
                return lambda result, documents, scope: corrected(result, documents, kept, judged, top=top, scope=scope)
    return lambda result, documents, scope: result  # noqa: ARG005


def _with_context(result: "Result", collection: "Collection", count: int | None) -> "Result":
    """The result with so many sentences around each answer, None for as many as it has."""
    if count is None:
        return result
    from docqa.surroundings import with_surroundings

    documents = {document.name: document for document in collection.documents}

    def around(answers: "tuple[Answer, ...]") -> "tuple[Answer, ...]":
        return tuple(with_surroundings(answer, documents[answer.document], count) for answer in answers)

    return replace(result, answers=around(result.answers), closest=around(result.closest))


def _scope(arguments: argparse.Namespace, collection: "Collection") -> "Scope | None":
    """The part of the documents that is asked, None for all."""
    whole = not arguments.within and arguments.pages is None
    return None if whole else collection.scope(arguments.within, arguments.pages)


def _as_text(result: "Result", *, with_question: bool, explain: bool) -> str:
    from docqa import output

    return output.as_text(result, colour=in_colour(), with_question=with_question, explain=explain, width=columns())
