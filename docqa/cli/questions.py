"""`docqa questions`: keep question sets, to ask them again."""

import argparse
import shlex
import sys
from pathlib import Path

from docqa.cli.commands import COMMANDS, add_command
from docqa.cli.terminal import note, say
from docqa.errors import DocqaError, ExitCode
from docqa.terminal_text import visible
from docqa.wording import counted

_EXAMPLES = """\
examples:
  docqa questions save review questions.txt            keep the questions of a file, one on each line
  docqa ask --questions @review contracts/ --each --csv > review.csv
  docqa questions                                      list the sets
  docqa questions show review > questions.txt          edit it, then: docqa questions save review questions.txt -f
  docqa questions remove review

Sets are text files in the data folder, which you can edit there too. In the app they are loaded into the matrix (t).
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its own commands."""
    about = COMMANDS["questions"].about
    parser = add_command(subparsers, "questions", about, examples=_EXAMPLES, run=_list)
    actions = parser.add_subparsers(metavar="ACTION")
    add_command(actions, "list", "list the sets, and where they are", run=_list)
    save = add_command(actions, "save", "keep the questions of a file as a set", run=_save)
    _add_name(save)
    save.add_argument(
        "file", metavar="FILE", help="a question on each line (- for stdin); lines that begin with # are comments"
    )
    save.add_argument("-f", "--force", action="store_true", help="replace a set of the same name")
    _add_name(add_command(actions, "show", "print the questions of a set", run=_show))
    _add_name(add_command(actions, "remove", "delete a set", run=_remove))


def _add_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", type=set_name, help="the set's name")


def set_name(text: str) -> str:
    """A set's name, which is written with @ where a file could be meant as well."""
    from docqa.userdata.question_sets import MARK

    return text.removeprefix(MARK)


def _list(_: argparse.Namespace) -> int:
    from docqa.userdata import question_sets

    names = question_sets.names()
    if not names:
        note("no question sets yet; docqa questions save NAME FILE keeps one")
        return ExitCode.ANSWERED
    width = max(map(len, names))
    for name in names:
        say(f"{visible(name):{width}}  {_about(name)}")
    if sys.stdout.isatty():
        note(f"in {visible(str(question_sets.folder()))}")
    return ExitCode.ANSWERED


def _about(name: str) -> str:
    from docqa.userdata import question_sets

    try:
        return counted(len(question_sets.load(name)), "question")
    except DocqaError as error:
        return error.message


def _save(arguments: argparse.Namespace) -> int:
    from docqa.userdata import question_sets

    text = sys.stdin.read() if arguments.file == "-" else question_sets.read(Path(arguments.file))
    if question_sets.exists(arguments.name) and not arguments.force:
        raise DocqaError(f"there is already a question set {arguments.name!r}", "-f replaces it")
    count = question_sets.save(arguments.name, text)
    asked = shlex.quote(f"{question_sets.MARK}{arguments.name}")
    note(f"{counted(count, 'question')} saved; docqa ask --questions {visible(asked)} PATH... asks them")
    return ExitCode.ANSWERED


def _show(arguments: argparse.Namespace) -> int:
    from docqa.userdata import question_sets

    say(question_sets.text_of(arguments.name).rstrip("\n"))
    return ExitCode.ANSWERED


def _remove(arguments: argparse.Namespace) -> int:
    from docqa.userdata import question_sets

    question_sets.remove(arguments.name)
    note(f"{visible(arguments.name)} removed")
    return ExitCode.ANSWERED
