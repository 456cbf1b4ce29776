"""`docqa finetune PAIRS`: train a reader on a person's own questions, and say whether it is better."""

import argparse
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docqa.cli.commands import COMMANDS
from docqa.cli.json_progress import JsonProgress
from docqa.cli.terminal import note, progress_bar
from docqa.errors import DocqaError, ExitCode
from docqa.progress import Cancelled, Monitor, Progress

if TYPE_CHECKING:
    from docqa.training.job import Job

_EXAMPLES = """\
examples:
  docqa finetune my_pairs.json                     train on top of the reader in use, and use the result if better
  docqa finetune my_pairs.json --dry-run           only check the pairs
  docqa finetune train.jsonl --test-file test.jsonl --epochs 5 --name contracts
  docqa finetune my_pairs.json --resume            go on after Ctrl-C, a kill or a power cut
  torchrun --nproc-per-node 2 -m docqa finetune my_pairs.json

Pairs: SQuAD JSON, a JSON list, JSONL, CSV or TSV (docs/formats.md). What each flag is for: docs/finetuning.md.
exit codes: 0 trained and measured, 1 --dry-run found pairs that can't be used, 2 an error, 130 stopped
"""

_LINE_EVERY = 30.0  # Seconds between progress lines where there is no terminal for a bar.


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "finetune",
        help=COMMANDS["finetune"].about,
        description="Train a reader on your own question-answer pairs, measure it on pairs it has not seen, and use "
        "it from then on if it is better.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("pairs", metavar="PAIRS", nargs="+", help="files of question-answer pairs")
    parser.add_argument("--name", help="what to call the reader (default: the name of the first file)")
    parser.add_argument("--output", metavar="DIR", help="write the reader to a new folder instead of installing it")
    parser.add_argument("--dry-run", action="store_true", help="check the pairs, train nothing")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("-q", "--quiet", action="store_true", help="print no progress")
    shown.add_argument(
        "--progress", choices=["json"], help="tell a program the progress: a JSON object a line on stderr"
    )
    again = parser.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="go on with an unfinished run of that name")
    again.add_argument("--restart", action="store_true", help="discard an unfinished run of that name, begin anew")
    parser.add_argument("--device", default="auto", metavar="DEVICE", help="auto, cpu, cuda, mps or xpu")
    parser.add_argument("--log-dir", metavar="DIR", help="write TensorBoard logs (needs docqa-tui[tensorboard])")
    parser.add_argument(
        "--save-minutes", type=float, default=5.0, metavar="N", help="work that a kill may cost (default: 5)"
    )

    data = parser.add_argument_group("data")
    data.add_argument(
        "--test-file", action="append", metavar="FILE", help="measure with these pairs; train on all others"
    )
    _flag(data, "test_split", float, "SHARE", "share held out to measure with, by whole documents (default: 0.2)")
    _flag(data, "max_per_context", int, "N", "pairs taken of one context (default: all)")
    _flag(data, "negatives", float, "SHARE", "windows without the answer, per answerable pair (default: 0.2)")
    _flag(data, "altered", float, "SHARE", "questions altered so that nothing answers them, likewise (default: 0)")
    _flag(data, "max_seq_length", int, "N", "tokens in a sequence (default: 384)")
    _flag(data, "doc_stride", int, "N", "tokens that windows overlap by (default: 128)")

    training = parser.add_argument_group("training")
    _flag(training, "base", str, "READER", "reader to start from: a name, or a folder (default: the one in use)")
    _flag(training, "epochs", float, "N", "passes over the pairs (default: 3)")
    _flag(training, "batch_size", int, "N", "windows a step, on each device (default: 16)")
    _flag(training, "gradient_accumulation", int, "N", "batches a step (default: 1)")
    _flag(training, "learning_rate", float, "RATE", "at its peak (default: 5e-5)")
    _flag(training, "warmup", float, "SHARE", "share of the steps before the peak (default: 0.1)")
    _flag(training, "weight_decay", float, "RATE", "default: 0.01")
    _flag(training, "token_dropout", float, "SHARE", "of the words masked, others at each pass (default: 0)")
    _flag(training, "blend", float, "SHARE", "of the trained weights in the result, the rest the base's (default: 1)")
    _flag(training, "frozen", int, "N", "layers from below that stay as they are: saves time (default: 0)")
    _flag(training, "seed", int, "N", "default: 0")
    _flag(training, "precision", str, "TYPE", "auto, float32, bfloat16 or float16")
    _flag(training, "teacher", str, "READER", "learn a better reader's answers too: a name, or a folder")
    _flag(training, "teacher_weight", float, "SHARE", "of the teacher's answers against the pairs' (default: 0.5)")
    _flag(training, "early_stopping", int, "N", "stop after N passes that made nothing better (default: never)")
    parser.set_defaults(run=run)


def _flag(group: Any, name: str, kind: type, metavar: str, about: str) -> None:
    # None is "not given": with --resume the unfinished run's own value counts.
    group.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar=metavar, default=None, help=about)


def run(arguments: argparse.Namespace) -> int:
    """Check, train, measure, install, report."""
    events = JsonProgress() if arguments.progress else None
    try:
        return (_check if arguments.dry_run else _train)(arguments, events)
    except DocqaError as error:
        if events is None:
            raise
        events.emit("error", message=error.message, hint=error.hint)
        return ExitCode.ERROR


def _train(arguments: argparse.Namespace, events: JsonProgress | None) -> int:
    from docqa.training import distributed
    from docqa.training.job import prepare, stored_recipe
    from docqa.training.report import as_json, as_text
    from docqa.training.run import finetune

    job = _job(arguments)
    say = events.note if events else note
    with _stoppable(say, _shown(arguments, events, lines=True)) as monitor:
        try:
            data = prepare(job, monitor)
            if not arguments.quiet and distributed.is_first():
                say(data.report.as_text())
                if data.test_report is not None:
                    say(f"test: {data.test_report.as_text()}")
                say(data.note)
            outcome = finetune(job, data, monitor)
        except Cancelled:
            kept = stored_recipe(job.name) is not None
            if events:
                events.emit("stopped", kept=kept)
            elif not kept:
                note("docqa: stopped; nothing was trained yet")
            else:
                note("docqa: stopped; what was trained so far is kept")
                note(f"  hint: {shlex.join(['docqa', *job.again])} goes on, to the same result")
            return ExitCode.INTERRUPTED
    if outcome is not None:
        print(as_json(outcome) if arguments.json else as_text(outcome))  # noqa: T201
    return ExitCode.ANSWERED


def _check(arguments: argparse.Namespace, events: JsonProgress | None) -> int:
    from docqa import datasets
    from docqa.models import registry
    from docqa.training.report import dumps

    job = _job(arguments)
    job.recipe.check()
    registry.check_name(job.name)
    reports = []
    with _shown(arguments, events) as monitor:
        tests = arguments.test_file or []
        reports.append(datasets.check(arguments.pairs, monitor, against=tests))
        if tests:
            reports.append(datasets.check(tests, monitor))
    if arguments.json:
        print(dumps({"train": reports[0].as_dict(), "test": reports[1].as_dict() if tests else None}))  # noqa: T201
    else:
        print("\n\n".join(report.as_text() for report in reports))  # noqa: T201
    return ExitCode.NOT_FOUND if any(report.dropped for report in reports) else ExitCode.ANSWERED


def _job(arguments: argparse.Namespace) -> "Job":
    from docqa.training.hyperparameters import TrainingConfig
    from docqa.training.job import Job, free_name, stored_recipe

    name = arguments.name or free_name(arguments.output or arguments.pairs[0])
    given = {field.name: getattr(arguments, field.name, None) for field in fields(TrainingConfig)}
    stored = stored_recipe(name) if arguments.resume else None
    recipe = replace(
        stored or TrainingConfig(), **{field: value for field, value in given.items() if value is not None}
    )
    return Job(
        files=tuple(arguments.pairs),
        recipe=recipe,
        name=name,
        test_files=tuple(arguments.test_file or ()),
        output=Path(arguments.output).absolute() if arguments.output else None,
        device=arguments.device,
        log_dir=Path(arguments.log_dir) if arguments.log_dir else None,
        resume=arguments.resume,
        restart=arguments.restart,
        save_minutes=arguments.save_minutes,
    )


def _shown(
    arguments: argparse.Namespace, events: JsonProgress | None, *, lines: bool = False
) -> AbstractContextManager[Monitor]:
    """A monitor whose progress is shown: to a program, or to a person as a bar, or, with `lines`, now and then."""
    if events:
        return nullcontext(events.monitor)
    return (_lines if lines and not sys.stderr.isatty() else progress_bar)(quiet=arguments.quiet)


@contextmanager
def _stoppable(say: Callable[[str], None], shown: AbstractContextManager[Monitor]) -> Iterator[Monitor]:
    """A monitor that Ctrl-C or a polite kill stops once; the second time ends the process."""
    with shown as monitor:

        def stop(number: int, _: object) -> None:
            signal.signal(number, before[signal.Signals(number)])
            monitor.cancel.set()
            say("docqa: stopping after this step; once more ends at once")

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield monitor
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _lines(*, quiet: bool) -> Iterator[Monitor]:
    """A monitor for where stderr is a file: a line now and then."""
    last = time.monotonic()

    def report(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= _LINE_EVERY:
            last = time.monotonic()
            note(f"docqa: {progress.stage}: {progress.done} of {progress.total} · {progress.item}")

    yield Monitor() if quiet else Monitor(report)
