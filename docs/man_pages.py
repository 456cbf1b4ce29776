"""Write the man pages, docs/man/*.1, from the parsers of the commands.

`make docs` runs it; a test checks that the pages are current. A wheel has them in share/man/man1.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from docqa import __version__
from docqa.cli.main import build_parser

FOLDER = Path(__file__).parent / "man"

_ENVIRONMENT = {
    "DOCQA_HOME": "The folder in which docqa keeps its data, its settings and its cache.",
    "DOCQA_PASSWORD": "The password of encrypted PDFs.",
    "DOCQA_DEBUG": "If set, a bug is told with a traceback.",
    "NO_COLOR": "If set, output is not coloured.",
}
_ENVIRONMENT_MORE = "Each setting has a variable too: DOCQA_THRESHOLD for --threshold."


def pages() -> dict[str, str]:
    """The contents of each page, by its file's name. A command's own commands are in its page."""
    root = build_parser()
    (commands,) = _commands(root)
    found = {"docqa.1": _page("docqa", root, "answer questions from documents, in quotations with page and line")}
    for name, parser in commands.choices.items():
        found[f"docqa-{name}.1"] = _page(f"docqa-{name}", parser, _about(commands, name))
    return found


def _page(name: str, parser: argparse.ArgumentParser, about: str) -> str:
    return "\n".join([*_lines(name, parser, about), ""])


def _lines(name: str, parser: argparse.ArgumentParser, about: str) -> Iterator[str]:
    is_root = name == "docqa"
    yield f'.TH {name.upper()} 1 "" "docqa {__version__}" "docqa"'
    yield from (".SH NAME", f"{_text(name)} \\- {_text(about)}", ".SH SYNOPSIS", *_synopsis(parser))
    yield from (".SH DESCRIPTION", _text(parser.description or ""))
    for commands in _commands(parser):
        yield ".SH COMMANDS"
        for each, child in commands.choices.items():
            yield ".TP"
            if is_root:
                yield f".BR docqa\\-{_text(each)} (1)"
                yield f"{_sentence(_about(commands, each))}."
            else:
                yield from (_synopsis(child)[0], f"{_sentence(_about(commands, each))}.")
                yield from _indented(_options(child))
                yield from _indented(_epilog(child.epilog or "", ".PP"))
    yield from _options(parser, ".SH OPTIONS")
    yield from _epilog(parser.epilog or "", ".SH")
    if is_root:
        yield ".SH ENVIRONMENT"
        for variable, meaning in _ENVIRONMENT.items():
            yield from (".TP", f".B {variable}", _text(meaning))
        yield from (".PP", _text(_ENVIRONMENT_MORE))
    else:
        yield from (".SH SEE ALSO", ".BR docqa (1)")


def _synopsis(parser: argparse.ArgumentParser) -> list[str]:
    """The command and its arguments in one macro: "docqa ask [OPTION]... QUESTION [PATH]..."."""
    optional = any(action.option_strings for action in parser._actions)
    words = [r"[\fIOPTION\fR]..." if optional else ""]
    words += [_argument(action) for action in parser._actions if not action.option_strings]
    rest = " ".join(filter(None, words))
    return [f"\\fB{_text(parser.prog)}\\fR {rest}"]


def _argument(action: argparse.Action) -> str:
    shown = r"\fI" + _text(_metavar(action)) + r"\fR"
    if isinstance(action, argparse._SubParsersAction):
        return shown + r" [\fIARGUMENT\fR]..."
    return {"*": f"[{shown}]...", "+": f"{shown}...", "?": f"[{shown}]"}.get(str(action.nargs), shown)


def _metavar(action: argparse.Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    if action.choices is not None:
        return "|".join(map(str, action.choices))
    return action.dest.upper()


def _options(parser: argparse.ArgumentParser, heading: str = "") -> Iterator[str]:
    """What each argument and option means, in the groups of the parser's help."""
    expanded = parser._get_formatter()._expand_help  # With the defaults.
    for group in parser._action_groups:
        actions = [action for action in group._group_actions if not isinstance(action, argparse._SubParsersAction)]
        if not actions:
            continue
        if heading:
            yield heading
            heading = ""
        if group not in parser._action_groups[:2]:
            yield f".SS {_sentence(group.title or '')}"
        for action in actions:
            names = [f"\\fB{_text(option)}\\fR" for option in action.option_strings]
            value = "" if action.nargs == 0 else f"\\fI{_text(_metavar(action))}\\fR"
            yield from (".TP", " ".join(filter(None, [", ".join(names), value])))
            yield f"{_sentence(expanded(action))}." if action.help else "\\&"


def _epilog(text: str, macro: str) -> Iterator[str]:
    """The parts of an epilog: "examples:" with its lines as they are, "exit codes: …" as a list."""
    for part in filter(None, map(str.rstrip, re.split(r"\n\n", text))):
        title, _, rest = part.partition(":")
        if title == "exit codes":
            yield f"{macro} EXIT STATUS" if macro == ".SH" else macro
            for code in re.split(r",\s+(?=\d)", " ".join(rest.split())):
                number, _, meaning = code.partition(" ")
                yield from (".TP", f".B {number}", f"{_sentence(meaning)}.")
        elif rest.startswith("\n"):
            yield f"{macro} {_text(title.upper())}" if macro == ".SH" else macro
            yield from (".nf", *(_text(line.removeprefix("  ")) for line in rest.strip("\n").splitlines()), ".fi")
        else:
            yield from (".PP", *map(_text, part.splitlines()))


def _indented(lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield from (".RS", *found, ".RE")


def _commands(parser: argparse.ArgumentParser) -> "list[argparse._SubParsersAction[argparse.ArgumentParser]]":
    return [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]


def _about(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str) -> str:
    return next(action.help or "" for action in commands._choices_actions if action.dest == name)


def _sentence(text: str) -> str:
    shown = _text(" ".join(text.split()))
    return f"{shown[:1].upper()}{shown[1:]}"


def _text(text: str) -> str:
    """A text in which no character is a command: a hyphen is one that can be searched and copied."""
    shown = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{shown}" if shown.startswith((".", "'")) else shown


def main() -> None:
    """Write the pages, and delete those of commands that are gone."""
    FOLDER.mkdir(exist_ok=True)
    current = pages()
    for old in FOLDER.glob("*.1"):
        if old.name not in current:
            old.unlink()
    for name, text in current.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
