"""`docqa calibrate PAIRS [PATH...]`: fit a reader's probabilities to how often it is right."""

import argparse
import os
import shlex
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docqa.cli.arguments import add_settings, settings
from docqa.cli.commands import COMMANDS, add_command
from docqa.cli.evaluate import check, evaluate_end_to_end, load
from docqa.cli.terminal import say, say_json
from docqa.errors import DocqaError, ExitCode
from docqa.terminal_text import as_json, visible
from docqa.wording import are, counted

if TYPE_CHECKING:
    from docqa.evaluation.calibration import CalibrationFit
    from docqa.models.registry import Model

_EXAMPLES = """\
examples:
  docqa calibrate pairs.json                     fit the probabilities to these questions, and store the calibration
  docqa calibrate pairs.json --dry-run           only show the result
  docqa calibrate pairs.json --min-precision 0.9
                                                 also choose a threshold at which 90% of the shown answers are right
  docqa calibrate pairs.json --reader my-reader

Use pairs that the reader was not trained on: on its training data a reader is overconfident.

exit codes: 0 success, 2 an error, 130 interrupted
"""

_SAMPLE = 600
_CROSS_DOCUMENT = 1 / 3


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "calibrate",
        COMMANDS["calibrate"].about,
        description="Fit a reader's probabilities to how often it is right, and store the calibration with the reader.",
        examples=_EXAMPLES,
        run=run,
    )
    parser.add_argument("pairs", metavar="PAIRS", help="question–answer pairs: SQuAD JSON, JSON, JSONL, CSV or TSV")
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help="documents to ask, instead of the contexts or documents of the pairs"
    )
    parser.add_argument(
        "--min-precision",
        type=float,
        metavar="SHARE",
        help="choose a threshold at which at least this share of the shown answers are right",
    )
    parser.add_argument("--dry-run", action="store_true", help="don't store the calibration")
    parser.add_argument(
        "--sample", type=int, default=_SAMPLE, metavar="N", help="questions to fit on (default: %(default)s)"
    )
    parser.add_argument(
        "--cross-document",
        type=float,
        metavar="SHARE",
        help="ask each document questions about others too, as this share of its questions (default: a third)",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="random seed of the sample (default: 0)")
    parser.add_argument("--json", action="store_true", help="print JSON (docs/evaluation.md)")
    parser.add_argument("-q", "--quiet", action="store_true", help="print no progress and no warnings")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Fit, store and print a calibration."""
    check(arguments)
    min_precision = arguments.min_precision
    if min_precision is not None and not 0 < min_precision <= 1:
        raise DocqaError(f"--min-precision is {min_precision}", "use a share above 0, up to 1; 0.9 is nine in ten")
    from docqa.array_store import ArrayStore
    from docqa.engine import Engine
    from docqa.evaluation import fit_calibration, group_by_document

    # The reader's own threshold, whatever the settings: it is the one that is replaced.
    engine = Engine(replace(settings(arguments), threshold=-1.0), None if arguments.paths else ArrayStore(None))
    folder = engine.reader.model.folder
    if not arguments.dry_run and not os.access(folder, os.W_OK):
        raise _not_stored(folder, "it is read-only")
    engine.load_in_background()
    loaded = load(arguments.pairs, quiet=arguments.quiet)
    share = arguments.cross_document
    if share is None:
        several = not arguments.paths and len(group_by_document(loaded.pairs, loaded.documents)) > 1
        share = _CROSS_DOCUMENT if several else 0.0
    evaluated, how = evaluate_end_to_end(arguments, engine, loaded, arguments.sample, share)
    fitted = fit_calibration(engine, evaluated, min_precision)
    model = engine.reader.model
    stored = not arguments.dry_run and fitted.choice != fitted.before
    if stored:
        _store(model, fitted)
    if arguments.json:
        facts = {"reader": model.name, "asked": how, "stored": stored, **_as_dict(fitted)}
        say_json(as_json(facts, indent=2))
    else:
        say(_as_text(fitted, model, how, stored=stored))
    return ExitCode.ANSWERED


def _store(model: "Model", fitted: "CalibrationFit") -> None:
    from docqa.models import metadata
    from docqa.reader.reader_choice import record_of

    try:
        metadata.write(
            model.folder, replace(model.metadata, calibration=record_of(fitted.choice), calibrated=fitted.origin())
        )
    except OSError as error:
        raise _not_stored(model.folder, error.strerror or str(error)) from error


def _as_dict(fitted: "CalibrationFit") -> dict[str, Any]:
    """The fit as JSON, both choices as in docqa.json."""
    from docqa.models import metadata
    from docqa.reader.reader_choice import record_of

    facts = asdict(fitted)
    del facts["choice"]
    for name, choice in (("before", fitted.before), ("calibration", fitted.choice)):
        facts[name] = metadata.to_json(metadata.ModelMetadata(calibration=record_of(choice)))["calibration"]
    return facts


def _not_stored(folder: Path, why: str) -> DocqaError:
    return DocqaError(
        f"the calibration can't be stored in {folder}: {why}",
        f"copy that folder: cp -r {shlex.quote(str(folder))} my-reader; docqa calibrate PAIRS --reader ./my-reader; "
        "docqa models use ./my-reader. With --dry-run nothing is stored",
    )


def _as_text(fitted: "CalibrationFit", model: "Model", how: str, *, stored: bool) -> str:
    from docqa.cli.evaluation_text import calibration_as_text

    right = f"{counted(fitted.right, 'best answer')} {are(fitted.right)} right"
    lines = [f"reader {visible(model.name)}: {counted(fitted.questions, 'question')}, {how}; {right}", ""]
    lines.append(calibration_as_text(fitted))
    if stored:
        lines += ["", f"stored in {visible(str(model.folder))}"]
    elif fitted.choice != fitted.before:
        lines += ["", "nothing stored (--dry-run)"]
    return "\n".join(lines)
