"""`docqa calibrate PAIRS [PATH...]`: make the probability that a reader shows mean what it says."""

import argparse
import json
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.cli.arguments import add_settings, settings
from docqa.cli.commands import COMMANDS
from docqa.cli.evaluate import check, examine, load
from docqa.errors import DocqaError, ExitCode

if TYPE_CHECKING:
    from docqa.evaluation.calibration import CalibrationFit
    from docqa.models.registry import Model

_EXAMPLES = """\
examples:
  docqa calibrate pairs.json                     fit the probability to these questions, and keep it with the reader
  docqa calibrate pairs.json --dry-run           only show what would change
  docqa calibrate pairs.json --min-precision 0.9
                                                 show answers only where nine in ten of them are right
  docqa calibrate pairs.json --reader my-reader

Fit it on pairs that the reader was not trained on: it is too sure of those that it has seen.

exit codes: 0 done, 2 an error, 130 interrupted
"""

_SAMPLE = 600
_FOREIGN = 1 / 3


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "calibrate",
        help=COMMANDS["calibrate"].about,
        description="Fit the probability that a reader shows to how often it is right, and store it with the reader.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("pairs", metavar="PAIRS", help="question–answer pairs: SQuAD JSON, JSON, JSONL, CSV or TSV")
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help="documents to ask, instead of those that the pairs name or make"
    )
    parser.add_argument(
        "--min-precision",
        type=float,
        metavar="SHARE",
        help="choose the threshold so that of the answers shown at least this share is right",
    )
    parser.add_argument("--dry-run", action="store_true", help="store nothing")
    parser.add_argument("--sample", type=int, default=_SAMPLE, metavar="N", help=f"questions to fit on ({_SAMPLE})")
    parser.add_argument(
        "--foreign", type=float, metavar="SHARE", help="share of questions that are of another document (a third)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of what is drawn at random (default: 0)")
    parser.add_argument("--json", action="store_true", help="print JSON (docs/evaluation.md)")
    parser.add_argument("-q", "--quiet", action="store_true", help="print no progress and no warnings")
    add_settings(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Fit, show, and store."""
    check(arguments)
    wanted = arguments.min_precision
    if wanted is not None and not 0 < wanted <= 1:
        raise DocqaError(f"--min-precision is {wanted}", "it has to be a share above 0, up to 1: 0.9 is nine in ten")
    from docqa.array_store import ArrayStore
    from docqa.engine import Engine
    from docqa.evaluation import fit_calibration, group_by_document

    # The threshold that is chosen is the reader's, whatever the settings say of another.
    engine = Engine(replace(settings(arguments), threshold=-1.0), None if arguments.paths else ArrayStore(None))
    folder = engine.reader.model.folder
    if not arguments.dry_run and not os.access(folder, os.W_OK):
        raise _not_stored(folder, "it is read-only")
    engine.load_in_background()
    loaded = load(arguments.pairs, quiet=arguments.quiet)
    foreign = arguments.foreign
    if foreign is None:
        several = not arguments.paths and len(group_by_document(loaded.pairs, loaded.documents)) > 1
        foreign = _FOREIGN if several else 0.0
    examined, how = examine(arguments, engine, loaded, arguments.sample, foreign)
    fitted = fit_calibration(engine, examined, wanted)
    model = engine.reader.model
    stored = not arguments.dry_run and fitted.calibration != fitted.before
    if stored:
        _store(model, fitted)
    if arguments.json:
        facts = {"reader": model.name, "asked": how, "stored": stored, **asdict(fitted)}
        sys.stdout.write(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_as_text(fitted, model, how, stored=stored) + "\n")
    return ExitCode.ANSWERED


def _store(model: "Model", fitted: "CalibrationFit") -> None:
    from docqa.files import write_json_object
    from docqa.models.registry import METADATA

    contents = model.metadata | {"calibration": asdict(fitted.calibration), "calibrated": fitted.facts()}
    try:
        write_json_object(model.folder / METADATA, contents)
    except OSError as error:
        raise _not_stored(model.folder, error.strerror or str(error)) from error


def _not_stored(folder: Path, why: str) -> DocqaError:
    return DocqaError(
        f"the calibration can't be stored in {folder}: {why}",
        f"copy that folder: cp -r '{folder}' my-reader; docqa calibrate PAIRS --reader ./my-reader; "
        "docqa models use ./my-reader. --dry-run only shows it",
    )


def _as_text(fitted: "CalibrationFit", model: "Model", how: str, *, stored: bool) -> str:
    from docqa.cli.evaluation_text import columns

    new, old = fitted.calibration, fitted.before
    lines = [f"reader {model.name}: {fitted.questions:,} questions, {how}; {fitted.right:,} best answers are right", ""]
    if fitted.kept:
        lines.append(f"The calibration stays as it is: {fitted.kept}.")
    else:
        rows = [["", "before", "after"]]
        rows += [
            [name, f"{getattr(old, name):.4f}", f"{getattr(new, name):.4f}"] for name in ("scale", "prior", "bias")
        ]
        errors = [f"{100 * error:.1f} points" for error in (fitted.error_before, fitted.error_after)]
        rows += [["threshold", f"{old.threshold:.0%}", f"{new.threshold:.0%}"], ["calibration error", *errors]]
        lines.append(columns(rows))
        lines.append("(the error after: on questions that the fit had not seen)")
    lines += ["", _threshold(fitted)]
    if stored:
        lines += ["", f"stored in {model.folder}"]
    elif new != old:
        lines += ["", "nothing stored (--dry-run)"]
    return "\n".join(lines)


def _threshold(fitted: "CalibrationFit") -> str:
    """What the threshold does, in words."""
    if fitted.precision is None:
        return f"At the threshold of {fitted.calibration.threshold:.0%} no question would be answered."
    does = (
        f"At the threshold of {fitted.calibration.threshold:.0%}, {fitted.shown:.0%} of the questions get an answer, "
        f"and {fitted.precision:.0%} of these answers are right."
    )
    if fitted.wanted is not None and not fitted.reached:
        return f"No threshold makes {fitted.wanted:.0%} of the answers right; this comes nearest.\n{does}"
    return does
