"""`docqa models list|show|pull|use|check|remove`: list, download, choose and check readers and encoders."""

import argparse
import json
from collections.abc import Sequence
from typing import Any

from docqa.cli.commands import COMMANDS, add_command
from docqa.cli.terminal import download_bar, note, progress_bar, report, say, say_json
from docqa.errors import DocqaError, ExitCode
from docqa.models import registry
from docqa.models.metadata import HubSource, TrainingRecord, read_json
from docqa.models.registry import Model, ModelKind
from docqa.terminal_text import as_json, visible
from docqa.wording import are, counted

_EXAMPLES = """\
examples:
  docqa models                           list the readers on this machine; * marks the one in use
  docqa models list --encoder            list the encoders
  docqa models pull distilbert           download a larger, better reader
  docqa models use distilbert            use it from now on
  docqa models use bundled               go back to the reader that ships with docqa
"""

_ALIASES = "\n".join(f"  docqa models pull {name:<34}{alias.about}" for name, alias in registry.ALIASES.items())

_PULL_EXAMPLES = f"""\
examples:
{_ALIASES}
  docqa models pull deepset/tinyroberta-squad2        any question-answering model with safetensors
  docqa models pull OWNER/REPOSITORY --revision v2 --name mine

No other command uses the network. An interrupted download resumes where it stopped.
HF_ENDPOINT selects another hub; HF_TOKEN gives access to private models.
"""

_USE_EXAMPLES = """\
examples:
  docqa models use distilbert
  docqa models use ./my-reader           a folder, such as one that docqa finetune wrote
  docqa models use minilm --encoder      use another encoder for retrieval
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its subcommands."""
    # Without a subcommand it lists the readers.
    parser = add_command(
        subparsers, "models", COMMANDS["models"].about, examples=_EXAMPLES, run=_list, encoder=False, json=False
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    listing = add_command(commands, "list", "list the models on this machine; * marks the one in use", run=_list)
    _add_encoder(listing)
    _add_json(listing)

    show = add_command(commands, "show", "show the details of a model", run=_show)
    show.add_argument("name", metavar="NAME", nargs="?", help="name or folder (default: the model in use)")
    _add_encoder(show)
    _add_json(show)

    pull = add_command(commands, "pull", "download a model from the hub", examples=_PULL_EXAMPLES, run=_pull)
    pull.add_argument("repo", metavar="MODEL", help=f"OWNER/REPOSITORY, or an alias: {', '.join(registry.ALIASES)}")
    pull.add_argument("--name", help="name for the model on this machine (default: the repository's)")
    pull.add_argument("--revision", help="branch, tag or commit (default: main; for an alias, the tested commit)")

    use = add_command(commands, "use", "choose the model to use from now on", examples=_USE_EXAMPLES, run=_use)
    use.add_argument(
        "name", metavar="NAME", help=f"name or folder; {registry.BUNDLED!r} is the one that ships with docqa"
    )
    _add_encoder(use)

    check = add_command(commands, "check", "compare the files of the models with their checksums", run=_check)
    check.add_argument("name", metavar="NAME", nargs="?", help="name or folder (default: all models on this machine)")
    _add_encoder(check)

    remove = add_command(commands, "remove", "delete a model from this machine", run=_remove)
    remove.add_argument("name", metavar="NAME", help="name, as listed by docqa models list")
    _add_encoder(remove)


def _add_encoder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--encoder", action="store_true", help="an encoder instead of a reader")


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def _kind(arguments: argparse.Namespace) -> ModelKind:
    return ModelKind.ENCODER if arguments.encoder else ModelKind.READER


def _list(arguments: argparse.Namespace) -> int:
    kind = _kind(arguments)
    choice = _choice(kind)
    found = registry.installed(kind)
    if choice not in {"", *(model.name for model in found)}:
        found.append(registry.find(choice, kind))  # a folder
    if arguments.json:
        say_json(as_json([_facts(model, choice) for model in found], indent=2))
    else:
        rows = [("*" if model.name == choice else " ", model.name, _size(model), _origin(model)) for model in found]
        say(_columns(rows))
    return ExitCode.ANSWERED


def _choice(kind: ModelKind) -> str:
    """The name of the model in use; "" if it cannot be used, which is then reported on stderr."""
    try:
        return registry.chosen(kind)
    except DocqaError as error:
        report(error)
        return ""


def _show(arguments: argparse.Namespace) -> int:
    kind = _kind(arguments)
    model = registry.find(arguments.name or registry.chosen(kind), kind)
    facts = _facts(model, _choice(kind)) | {
        "fingerprint": model.fingerprint,
        "metadata": read_json(model.folder),
    }
    if arguments.json:
        say_json(as_json(facts, indent=2))
        return ExitCode.ANSWERED
    recorded = facts.pop("metadata")
    facts |= {"source": _origin(model), "chosen": "yes" if facts["chosen"] else "no", "size": _size(model)}
    facts |= {name: _summary(value) for name, value in recorded.items() if name not in {*facts, "training", "files"}}
    if model.metadata.training is not None:
        facts |= _training(model.metadata.training)
    say(_columns(list(facts.items())))
    return ExitCode.ANSWERED


def _summary(value: object) -> str:
    """A value of docqa.json as text: "bias -0.77, threshold 0.3", without what is empty; of curves only the names."""
    if isinstance(value, dict):
        parts = {name: "of " + ", ".join(part) if name == "curves" else _summary(part) for name, part in value.items()}
        return ", ".join(f"{name} {part}" for name, part in parts.items() if part not in {"null", ""})
    if isinstance(value, list):
        return ", ".join(map(_summary, value))
    return str(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _training(record: TrainingRecord) -> dict[str, str]:
    """How a reader was trained, in a few rows; --json has all of it."""
    counts, metrics = record.counts, record.metrics
    rows = {"trained from": record.base.name, "trained on": counted(counts.train, "pair")}
    for title, part in (("held-out pairs", "test"), ("general sample", "general")):
        after = getattr(metrics.after, part)
        before = f"{getattr(metrics.before, part).f1:.1f} before, " if metrics.before else ""
        rows[title] = f"F1 {before}{after.f1:.1f} after, on {counted(after.total, 'question')}"
    return rows


def _pull(arguments: argparse.Namespace) -> int:
    from docqa.models import hub

    try:
        with download_bar(arguments.repo) as monitor:
            model = hub.pull(arguments.repo, name=arguments.name, revision=arguments.revision, monitor=monitor)
    except KeyboardInterrupt:
        note("docqa: the partial download is kept; run the same command to resume it")
        raise
    say(f"{model.kind} {visible(model.name)}: {_size(model)}, {visible(_origin(model))}")
    _calibrate(model, arguments.repo)
    flag = " --encoder" if model.kind is ModelKind.ENCODER else ""
    note(f"to use it: docqa models use {model.name}{flag}")
    return ExitCode.ANSWERED


def _calibrate(model: Model, repo: str) -> None:
    """Fit the probabilities of a reader that came without a calibration. Ctrl-C leaves it as it was pulled."""
    from docqa.cli.evaluation_text import calibration_as_text
    from docqa.evaluation.general_sample import calibrate_pulled, needs_calibration

    if not needs_calibration(model):
        return
    try:
        note("fitting its probabilities, which takes up to a minute; Ctrl-C skips it")
        with progress_bar(quiet=False) as monitor:
            fitted = calibrate_pulled(model, monitor)
    except KeyboardInterrupt:
        note(f"docqa: {model.name} is installed, and its probabilities are not fitted: it answers with default ones")
        note(f"  hint: docqa models pull {repo} fits them, without downloading it again")
        raise
    asked = f"{counted(fitted.questions, 'question')}; {counted(fitted.right, 'best answer')} {are(fitted.right)} right"
    say(f"\nits probabilities, on half of docqa's general sample: {asked}\n\n{calibration_as_text(fitted)}")


def _use(arguments: argparse.Namespace) -> int:
    from docqa.models.loading import check_weights

    if not arguments.encoder:
        check_weights(registry.find(arguments.name, ModelKind.READER).folder)
    model = registry.use(arguments.name, _kind(arguments))
    say(f"{model.kind} in use: {visible(model.name)}")
    return ExitCode.ANSWERED


def _check(arguments: argparse.Namespace) -> int:
    """Check one model, or all; what is damaged is reported, and the others are still checked."""
    from docqa.models import integrity
    from docqa.models.loading import check_weights

    if arguments.name:
        models = [registry.find(arguments.name, _kind(arguments))]
    else:
        in_use = [registry.find(registry.chosen(kind), kind) for kind in ModelKind]
        models = registry.installed()
        models += [model for model in in_use if model.folder not in {one.folder for one in models}]  # A folder.
    damaged = False
    for model in models:
        try:
            count = integrity.check(model.folder)
            if model.kind is ModelKind.READER:
                check_weights(model.folder)
        except DocqaError as error:
            damaged = True
            report(DocqaError(f"{model.kind} {model.name}: {error.message}", error.hint))
        else:
            files = f"{counted(count, 'file')} as installed" if count else "no checksums were recorded for it"
            say(f"{model.kind} {model.name}: {files}")
    return ExitCode.ERROR if damaged else ExitCode.ANSWERED


def _remove(arguments: argparse.Namespace) -> int:
    model = registry.remove(arguments.name, _kind(arguments))
    say(f"{model.kind} removed: {visible(model.name)}")
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
    """Where the model came from, for display."""
    if model.source != "pulled":
        return model.source
    source = model.metadata.source or HubSource()
    return f"{source.repo} at {source.revision[:7]}"


def _columns(rows: Sequence[Sequence[str]]) -> str:
    rows = [list(map(visible, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
