"""`docqa finetune PAIRS`: train a reader on the user's own pairs, and report whether it is better."""

import argparse
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.cli.commands import COMMANDS
from docqa.cli.json_progress import JsonProgress
from docqa.cli.terminal import note, progress_bar, say, say_json
from docqa.errors import DocqaError, ExitCode
from docqa.progress import Cancelled, Monitor, Progress
from docqa.termination import termination_signals
from docqa.training.hyperparameters import (
    SAVE_MINUTES,
    Group,
    TrainingConfig,
    default,
    default_text,
    describe,
    flag,
    names,
    summary,
)

if TYPE_CHECKING:
    from docqa.training.job import Job

_EXAMPLES = """\
examples:
  docqa finetune my_pairs.json                     train, starting from the reader in use
  docqa finetune my_pairs.json --dry-run           only check the pairs
  docqa finetune train.jsonl --test-file test.jsonl --epochs 5 --name contracts
  docqa finetune mix.toml --dry-run                which share of which files a mix takes
  docqa finetune my_pairs.json --resume            continue after Ctrl-C, a crash or a power cut
  torchrun --nproc-per-node 2 -m docqa finetune my_pairs.json

Pairs: SQuAD JSON, a JSON list, JSONL, CSV or TSV (docs/formats.md). All options: docs/finetuning.md.

exit codes: 0 trained and evaluated, 1 --dry-run found unusable pairs, 2 an error, 130 interrupted
"""

_LOG_INTERVAL = 30.0  # Seconds between progress lines where stderr is not a terminal.


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "finetune",
        help=COMMANDS["finetune"].about,
        description="Train a reader on your own question–answer pairs, evaluate it on pairs that were held out, and "
        "use it from then on if it is better.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "pairs", metavar="PAIRS", nargs="+", help="files of question–answer pairs, or a mix of them (.toml)"
    )
    parser.add_argument("--name", help="name of the new reader (default: the name of the first file)")
    parser.add_argument("--output", metavar="DIR", help="write the reader to a new folder instead of installing it")
    parser.add_argument("--dry-run", action="store_true", help="check the pairs without training")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("-q", "--quiet", action="store_true", help="print no progress")
    output.add_argument("--progress", choices=["json"], help="write progress to stderr as JSON lines")
    unfinished = parser.add_mutually_exclusive_group()
    unfinished.add_argument("--resume", action="store_true", help="resume the interrupted run of that name")
    unfinished.add_argument("--restart", action="store_true", help="discard the interrupted run of that name")
    parser.add_argument("--device", default="auto", metavar="DEVICE", help="auto, cpu, cuda, mps or xpu")
    parser.add_argument("--log-dir", metavar="DIR", help="write TensorBoard logs (needs docqa-tui[tensorboard])")
    parser.add_argument(
        "--save-minutes",
        type=float,
        default=SAVE_MINUTES,
        metavar="N",
        help=f"minutes between checkpoints (default: {SAVE_MINUTES:g})",
    )
    data = parser.add_argument_group(Group.DATA)
    data.add_argument(
        "--test-file", action="append", metavar="FILE", help="pairs to test on; all others are used for training"
    )
    _add_hyperparameters(data, Group.DATA)
    _add_hyperparameters(parser.add_argument_group(Group.TRAINING), Group.TRAINING)
    parser.set_defaults(run=run)


def _add_hyperparameters(parser: "argparse._ArgumentGroup", group: Group) -> None:
    for name in names(group):
        parser.add_argument(
            flag(name),
            type=type(default(name)),
            default=None,  # "Not given": with --resume, the value of the interrupted run applies.
            metavar=describe(name).metavar,
            help=f"{summary(name)} (default: {default_text(name)})",
        )


def run(arguments: argparse.Namespace) -> int:
    """Check, train, evaluate, install, report."""
    events = JsonProgress() if arguments.progress else None
    try:
        return (_check if arguments.dry_run else _train)(arguments, events)
    except DocqaError as error:
        if events is None:
            raise
        events.emit("error", message=error.message, hint=error.hint)
        return ExitCode.ERROR


def _train(arguments: argparse.Namespace, events: JsonProgress | None) -> int:
    from docqa.datasets import mix
    from docqa.training import distributed
    from docqa.training.job import prepare, stored_state
    from docqa.training.report import as_json, as_text
    from docqa.training.run import finetune

    job = _job(arguments)
    write = events.note if events else note
    with _cancelled_by_signals(write, _progress(arguments, events, lines=True)) as monitor:
        try:
            data = prepare(job, monitor)
            if not arguments.quiet and distributed.is_first():
                write(data.report.as_text())
                if data.mix:
                    write(mix.as_text(data.mix))
                if data.test_report is not None:
                    write(f"test: {data.test_report.as_text()}")
                write(data.note)
            result = finetune(job, data, monitor)
        except Cancelled:
            resumable = stored_state(job.name) is not None
            if events:
                events.emit("stopped", kept=resumable)
            elif not resumable:
                note("docqa: stopped before training began")
            else:
                note("docqa: stopped; a checkpoint was saved")
                note(f"  hint: resume with {shlex.join(['docqa', *job.resume_arguments])}")
            return ExitCode.INTERRUPTED
    if result is not None:
        if arguments.json:
            say_json(as_json(result))
        else:
            say(as_text(result))
    return ExitCode.ANSWERED


def _check(arguments: argparse.Namespace, events: JsonProgress | None) -> int:
    from docqa import datasets
    from docqa.datasets import mix
    from docqa.models import registry
    from docqa.training.job import load_pairs
    from docqa.training.report import dumps

    job = _job(arguments)
    job.config.check()
    registry.check_name(job.name)
    with _progress(arguments, events) as monitor:
        too_long = job.length_check()
        files = [entry.file for entry in mix.expand(job.files)]
        train = datasets.check(files, monitor, against=job.test_files, too_long=too_long)
        test = datasets.check(job.test_files, monitor, too_long=too_long) if job.test_files else None
        counts = load_pairs(job.files, job.config, monitor)[1] if mix.is_mix(job.files) else ()
    reports = [report for report in (train, test) if report is not None]
    if arguments.json:
        facts = {"train": train.as_dict(), "test": test.as_dict() if test else None}
        say_json(dumps(facts | ({"mix": [count.as_dict() for count in counts]} if counts else {})))
    else:
        texts = [train.as_text(), mix.as_text(counts), test.as_text() if test else ""]
        say("\n\n".join(filter(None, texts)))
    return ExitCode.NOT_FOUND if any(report.dropped for report in reports) else ExitCode.ANSWERED


def _job(arguments: argparse.Namespace) -> "Job":
    from docqa.training.job import Job, free_name, stored_config

    name = arguments.name or free_name(arguments.output or arguments.pairs[0])
    given = {key: getattr(arguments, key) for group in Group for key in names(group)}
    config = (stored_config(name) if arguments.resume else None) or TrainingConfig()
    return Job(
        files=tuple(arguments.pairs),
        config=replace(config, **{key: value for key, value in given.items() if value is not None}),
        name=name,
        test_files=tuple(arguments.test_file or ()),
        output=Path(arguments.output).absolute() if arguments.output else None,
        device=arguments.device,
        log_dir=Path(arguments.log_dir) if arguments.log_dir else None,
        resume=arguments.resume,
        restart=arguments.restart,
        save_minutes=arguments.save_minutes,
    )


def _progress(
    arguments: argparse.Namespace, events: JsonProgress | None, *, lines: bool = False
) -> AbstractContextManager[Monitor]:
    """A monitor that reports progress as JSON events, as a bar, or (with `lines`, without a terminal) as log lines."""
    if events:
        return nullcontext(events.monitor)
    return (_log_lines if lines and not sys.stderr.isatty() else progress_bar)(quiet=arguments.quiet)


@contextmanager
def _cancelled_by_signals(write: Callable[[str], None], progress: AbstractContextManager[Monitor]) -> Iterator[Monitor]:
    """Cancel the monitor at the first SIGINT, SIGTERM or SIGHUP; a second one ends the process."""
    with progress as monitor:

        def cancel(number: int, _: object) -> None:
            signal.signal(number, previous[signal.Signals(number)])
            monitor.cancel.set()
            write("docqa: stopping after this step; repeat to stop at once")

        previous = {number: signal.signal(number, cancel) for number in (signal.SIGINT, *termination_signals())}
        try:
            yield monitor
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)


@contextmanager
def _log_lines(*, quiet: bool) -> Iterator[Monitor]:
    """A monitor that writes a line to stderr from time to time."""
    last = time.monotonic()

    def report(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= _LOG_INTERVAL:
            last = time.monotonic()
            note(f"docqa: {progress.stage}: {progress.done} of {progress.total} · {progress.item}")

    yield Monitor() if quiet else Monitor(report)
