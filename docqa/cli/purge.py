"""`docqa purge [PATH...]`: delete what docqa keeps, after listing it."""

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from docqa.cli.arguments import document_help
from docqa.cli.commands import COMMANDS, add_command
from docqa.cli.terminal import note, report, say
from docqa.errors import DocqaError, ExitCode
from docqa.terminal_text import visible

if TYPE_CHECKING:
    from docqa.traces import Trace, TraceKind

_EXAMPLES = """\
examples:
  docqa purge                            the index of all documents, the history and sessions
  docqa purge report.pdf old-contracts/  what is kept of these documents, even if they are gone
  docqa purge --cache                    the index alone: documents are read again when they are opened
  docqa purge --all --yes                everything, as if docqa had never been used

Corrections, question sets, unfinished trainings, models and settings are kept unless they are named: they are your
work, and cannot be made again by opening a document. Apps that are running keep what they have in memory until they are
quit.

exit codes: 0 deleted, or nothing to delete, 1 you answered no, 2 an error
"""

_ABOUT = {
    "cache": "the index: parsed text, tokens and vectors of documents",
    "history": "questions, what was opened, and sessions of the app",
    "corrections": "what you marked as right or wrong, pinned or wrote a note on, with its text",
    "questions": "question sets",
    "training": "unfinished trainings",
    "models": "models that were pulled or trained",
    "settings": "config.toml and the app's theme",
}
_DEFAULT = ("cache", "history")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "purge",
        COMMANDS["purge"].about,
        description="Delete what docqa keeps on this machine. It is listed first, with its sizes. Without flags: the "
        "index and the history. Your documents are not touched.",
        examples=_EXAMPLES,
        run=run,
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help=f"{document_help()}, or folder: only what is kept of these"
    )
    for kind, about in _ABOUT.items():
        parser.add_argument(f"--{kind}", action="store_true", help=f"delete {about}")
    parser.add_argument("--all", action="store_true", help="delete all of these")
    parser.add_argument("-n", "--dry-run", action="store_true", help="only list it")
    parser.add_argument("-y", "--yes", action="store_true", help="don't ask")


def run(arguments: argparse.Namespace) -> int:
    """List, ask, delete. What can't be deleted is reported, and the rest is."""
    from docqa.traces import all_traces, traces_of

    kinds = [kind for kind in _ABOUT if getattr(arguments, kind) or arguments.all] or [*_DEFAULT]
    traces = traces_of(arguments.paths) if arguments.paths else all_traces()
    chosen = [trace for trace in traces if trace.kind in kinds]
    kept = [trace for trace in traces if trace.kind not in kinds]
    for trace in chosen:
        say(f"{visible(trace.what)}{_size(trace.size)}\n  {visible(str(trace.where))}")
    if not chosen:
        say("nothing to delete")
    _tell_kept(kept)
    if not chosen or arguments.dry_run:
        return ExitCode.ANSWERED
    if not arguments.yes and not _agreed():
        note("docqa: nothing was deleted")
        return ExitCode.NOT_FOUND
    return _delete(chosen)


def _delete(chosen: "Sequence[Trace]") -> int:
    code = ExitCode.ANSWERED
    for trace in chosen:
        try:
            trace.delete()
        except DocqaError as error:
            report(error)
            code = ExitCode.ERROR
    if code is ExitCode.ANSWERED:
        say("deleted")
    return code


def _tell_kept(kept: "Sequence[Trace]") -> None:
    whats: defaultdict[TraceKind, list[str]] = defaultdict(list)
    for trace in kept:
        whats[trace.kind].append(f"{visible(trace.what)}{_size(trace.size)}")
    for kind, texts in whats.items():
        say(f"kept: {', '.join(texts)} (--{kind})")


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise DocqaError("nothing was deleted: there is no terminal to ask in", "add --yes")
    sys.stderr.write("Delete this? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _size(size: int) -> str:
    if not size:
        return ""
    return f", {size / 1e6:.1f} MB" if size >= 1e5 else f", {size / 1e3:.1f} kB"
