"""`docqa models list|show|pull|use|remove`: which reader and which encoder answer, and how to get others."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from docqa.cli.note import note
from docqa.cli.registry import COMMANDS
from docqa.errors import DocqaError, ExitCode
from docqa.models import metadata, registry
from docqa.models.registry import Model, ModelKind
from docqa.progress import Monitor, Progress

_EXAMPLES = """\
examples:
  docqa models                           the readers on this machine, the chosen one marked *
  docqa models list --encoder            the encoders
  docqa models pull distilbert           download a larger, better reader
  docqa models use distilbert            let it answer from now on
  docqa models use bundled               go back to the reader that came with docqa
"""

_ALIASES = "\n".join(f"  docqa models pull {name:<34}{alias.about}" for name, alias in registry.ALIASES.items())

_PULL_EXAMPLES = f"""\
examples:
{_ALIASES}
  docqa models pull deepset/tinyroberta-squad2        any question-answering model with safetensors
  docqa models pull OWNER/REPOSITORY --revision v2 --name mine

This is the only command that uses the network. An interrupted download goes on where it stopped.
HF_ENDPOINT names another hub, HF_TOKEN gives access to private models.
"""

_USE_EXAMPLES = """\
examples:
  docqa models use distilbert
  docqa models use ./my-reader           a folder, such as docqa finetune writes
  docqa models use minilm --encoder      choose the retriever's encoder
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its five commands."""
    parser = _parser(subparsers, "models", COMMANDS["models"].about, _EXAMPLES)
    # Without a command: what there is, which changes nothing.
    parser.set_defaults(run=_list, encoder=False, json=False)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    listing = _parser(commands, "list", "list the models on this machine, the chosen one marked *", run=_list)
    _add_encoder(listing)
    _add_json(listing)

    show = _parser(commands, "show", "show what is known of one model", run=_show)
    show.add_argument("name", metavar="NAME", nargs="?", help="name or folder (default: the chosen one)")
    _add_encoder(show)
    _add_json(show)

    pull = _parser(commands, "pull", "download a model from the hub", _PULL_EXAMPLES, run=_pull)
    pull.add_argument("repo", metavar="MODEL", help=f"OWNER/REPOSITORY, or a short name: {', '.join(registry.ALIASES)}")
    pull.add_argument("--name", help="what to call it here (default: its own name)")
    pull.add_argument("--revision", help="branch, tag or commit (default: main; of short names, the tried one)")

    use = _parser(commands, "use", "choose the model that is used from now on", _USE_EXAMPLES, run=_use)
    use.add_argument("name", metavar="NAME", help=f"name or folder; {registry.BUNDLED!r} is what came with docqa")
    _add_encoder(use)

    remove = _parser(commands, "remove", "delete a model from this machine", run=_remove)
    remove.add_argument("name", metavar="NAME", help="name, as the list has it")
    _add_encoder(remove)


def _parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    about: str,
    examples: str = "",
    **defaults: Any,
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(
        name,
        help=about,
        description=f"{about[0].upper()}{about[1:]}.",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(**defaults)
    return parser


def _add_encoder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--encoder", action="store_true", help="mean the retriever's encoders, not the readers")


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def _kind(arguments: argparse.Namespace) -> ModelKind:
    return ModelKind.ENCODER if arguments.encoder else ModelKind.READER


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _list(arguments: argparse.Namespace) -> int:
    kind = _kind(arguments)
    choice = _choice(kind)
    found = registry.installed(kind)
    if choice not in {"", *(model.name for model in found)}:
        found.append(registry.find(choice, kind))  # a folder
    if arguments.json:
        _print(json.dumps([_facts(model, choice) for model in found], indent=2, ensure_ascii=False))
    else:
        rows = [("*" if model.name == choice else " ", model.name, _size(model), _origin(model)) for model in found]
        _print(_columns(rows))
    return ExitCode.ANSWERED


def _choice(kind: ModelKind) -> str:
    """The chosen model's name; "" where that one cannot be used, which is then said on stderr."""
    try:
        return registry.chosen(kind)
    except DocqaError as error:
        note(f"docqa: {error}")
        return ""


def _show(arguments: argparse.Namespace) -> int:
    kind = _kind(arguments)
    model = registry.find(arguments.name or registry.chosen(kind), kind)
    facts = _facts(model, _choice(kind)) | {
        "fingerprint": model.fingerprint,
        "metadata": metadata.read_json(model.folder),
    }
    if arguments.json:
        _print(json.dumps(facts, indent=2, ensure_ascii=False))
        return ExitCode.ANSWERED
    known = facts.pop("metadata")
    facts |= {"source": _origin(model), "chosen": "yes" if facts["chosen"] else "no", "size": _size(model)}
    facts |= {name: json.dumps(value, ensure_ascii=False) for name, value in known.items() if name not in facts}
    _print(_columns(list(facts.items())))
    return ExitCode.ANSWERED


def _pull(arguments: argparse.Namespace) -> int:
    from docqa.models import hub

    try:
        with _progress(arguments.repo) as monitor:
            model = hub.pull(arguments.repo, name=arguments.name, revision=arguments.revision, monitor=monitor)
    except KeyboardInterrupt:
        note("docqa: what was downloaded is kept: the same command goes on from there")
        raise
    flag = " --encoder" if model.kind is ModelKind.ENCODER else ""
    _print(f"{model.kind} {model.name}: {_size(model)}, {_origin(model)}")
    note(f"to use it: docqa models use {model.name}{flag}")
    return ExitCode.ANSWERED


def _use(arguments: argparse.Namespace) -> int:
    model = registry.use(arguments.name, _kind(arguments))
    _print(f"{model.kind} in use: {model.name}")
    return ExitCode.ANSWERED


def _remove(arguments: argparse.Namespace) -> int:
    model = registry.remove(arguments.name, _kind(arguments))
    _print(f"{model.kind} removed: {model.name}")
    return ExitCode.ANSWERED


def _facts(model: Model, choice: str) -> dict[str, Any]:
    return {
        "name": model.name,
        "kind": model.kind.value,
        "source": model.source,
        "chosen": model.name == choice,
        "size": model.size,
        "folder": str(model.folder),
    }


def _size(model: Model) -> str:
    return f"{model.size / 1e6:.1f} MB"


def _origin(model: Model) -> str:
    """Where the model is from, for a person."""
    if model.source != "pulled":
        return model.source
    source = model.metadata.source or metadata.HubSource()
    return f"{source.repo} at {source.revision[:7]}"


def _columns(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


@contextmanager
def _progress(what: str) -> Iterator[Monitor]:
    """A monitor that draws a bar where a person sees it, and else says on stderr that it is done."""
    if not sys.stderr.isatty():
        yield Monitor()
        note(f"downloaded {what}")
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    text = TextColumn("{task.description}", markup=False)
    columns = (text, BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(what, total=None)

        def report(progress: Progress) -> None:
            description = f"{progress.stage} {progress.item}"
            bars.update(task, description=description, completed=progress.done, total=progress.total or None)

        yield Monitor(report)
