"""Arguments that several commands share, and the settings they yield."""

import argparse
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docqa import config
from docqa.config import Settings
from docqa.documents.formats import file_types
from docqa.errors import DocqaError

# The order and the groups of the flags in a command's help.
_GROUPS = {
    "models": ("reader", "encoder", "device", "precision"),
    "reading": (
        "retriever",
        "top_k_windows",
        "exhaustive",
        "max_seq_length",
        "doc_stride",
        "max_answer_length",
        "threshold",
    ),
}
_MOST_CONTEXT = 1000
_METAVARS = {int: "N", float: "P", str: "NAME"}


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `Settings` that every command with a reader has."""
    for title, names in _GROUPS.items():
        group = parser.add_argument_group(title)
        for name in names:
            add_setting(group, name)
    add_password(group)
    add_setting(group, "cache")
    add_setting(group, "private")


def add_password(group: "argparse.ArgumentParser | argparse._ArgumentGroup") -> None:
    """Add `--password`, which the environment may give instead."""
    group.add_argument(
        "--password",
        metavar="PASSWORD",
        action=_Password,
        default=os.environ.get("DOCQA_PASSWORD"),
        help="of encrypted PDFs; the variable DOCQA_PASSWORD keeps it out of the list of processes",
    )


class _Password(argparse.Action):
    """Stores the password, and that other users could see it."""

    def __call__(self, _parser: object, namespace: argparse.Namespace, values: Any, _option: object = None) -> None:
        namespace.password, namespace.password_flag = values, True


def add_setting(group: "argparse.ArgumentParser | argparse._ArgumentGroup", name: str) -> None:
    """Add the flag of one setting. Its default is None, which stands for "not given"."""
    about, default = config.about(name), config.default(name)
    text = about.text.replace("`", "")
    if isinstance(default, bool):
        # A flag says the opposite of the default: --exhaustive, --no-cache.
        text = f"do not {text}" if default else text
        group.add_argument(config.flag(name), dest=name, action="store_const", const=not default, help=text)
        return
    known = config.choices(name)
    shown = config.default_text(name).replace("`", "")
    group.add_argument(
        config.flag(name),
        type=type(default),
        # A device may have a number ("cuda:1"), so it is checked when models are loaded.
        choices=known if known and name != "device" else None,
        metavar=None if known and name != "device" else _METAVARS[type(default)],
        help=f"{text}{': ' + ', '.join(known) if name == 'device' else ''} (default: {shown})",
    )


def add_scope(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say which documents and pages are meant."""
    parser.add_argument(
        "--in",
        metavar="GLOB",
        dest="within",
        action="append",
        default=[],
        help="only documents with such a name, or in such a folder; may be repeated",
    )
    parser.add_argument("--pages", metavar="RANGE", help="only these pages, for example 3-9 or 1,4,7-")


def add_context(parser: argparse.ArgumentParser) -> None:
    """Add the flag that says how much of the text around an answer or a match is printed."""
    parser.add_argument(
        "-C",
        "--context",
        metavar="N",
        type=_count,
        help="print so many sentences, or rows of a table, before and after each",
    )


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _MOST_CONTEXT):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to {_MOST_CONTEXT}")
    return int(text)


class _Format(argparse.Action):
    """`--format json` is `--json`."""

    def __call__(self, _parser: object, namespace: argparse.Namespace, values: Any, _option: object = None) -> None:
        setattr(namespace, values, True)


def add_format(output: "argparse._MutuallyExclusiveGroup", *formats: str) -> None:
    """Add `--format`, which sets the attribute of each of the formats as its own flag does."""
    names = ("text", *formats)
    output.set_defaults(**dict.fromkeys(formats, False))
    output.add_argument("--format", action=_Format, choices=names, metavar="FORMAT", help=" or ".join(names))


def refuse_together(name: str, others: Mapping[str, bool], hint: str = "leave one of them out") -> None:
    """Raise `DocqaError` if one of the other options, by name, is given too."""
    for other, given_too in others.items():
        if given_too:
            raise DocqaError(f"{name} and {other} cannot be combined", hint)


def is_piped() -> bool:
    """Whether stdin is a pipe or a file, and so may have a document. It is neither in a script without input."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


def document_help() -> str:
    """The files that docqa reads, for help texts: "PDF, text or Markdown file"."""
    return f"{file_types()} file"


def exists(path: str) -> bool:
    """Whether an argument is the path of a file or folder. Unlike `Path.exists`, accepts any text."""
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # A question may be longer than a file name can be.
        return False


def settings(arguments: argparse.Namespace) -> Settings:
    """The settings from all sources, the flags last. Raises `DocqaError`."""
    return config.load(given(arguments))


def given(arguments: argparse.Namespace) -> dict[str, Any]:
    """The settings given as flags."""
    flags = {name: getattr(arguments, name, None) for name in config.names()}
    return {name: value for name, value in flags.items() if value is not None}
