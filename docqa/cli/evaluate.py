"""`docqa eval PAIRS [PATH...]`: how right a reader's answers are."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docqa.cli.arguments import add_settings, settings
from docqa.cli.commands import COMMANDS
from docqa.cli.terminal import note, progress_bar
from docqa.errors import DocqaError, ExitCode

if TYPE_CHECKING:
    from docqa.config import Settings
    from docqa.datasets import LoadedPairs, Pair
    from docqa.engine import Engine
    from docqa.evaluation import EvaluatedQuestion, EvaluationReport
    from docqa.evaluation.metrics import Prediction

_EXAMPLES = """\
examples:
  docqa eval pairs.json                          the reader, on the contexts that the pairs bring
  docqa eval questions.json report.pdf           the whole way: which answers docqa finds in the report
  docqa eval pairs.json --compare distilbert     two readers side by side
  docqa eval squad.json --predictions p.json     for the official script: evaluate-v1.1.py squad.json p.json
  docqa eval squad.json --as-documents --foreign 0.5 --per-document 20
                                                 whole articles; half of the questions are of another one

What each figure means: docs/evaluation.md. Formats of pairs: docs/formats.md.

exit codes: 0 measured, 2 an error, 130 interrupted
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "eval",
        help=COMMANDS["eval"].about,
        description="Measure how right the answers to question–answer pairs are, and what abstaining is worth.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("pairs", metavar="PAIRS", help="question–answer pairs: SQuAD JSON, JSON, JSONL, CSV or TSV")
    parser.add_argument("paths", metavar="PATH", nargs="*", help="documents to ask, instead of the pairs' contexts")
    group = parser.add_argument_group("what is asked")
    group.add_argument(
        "--as-documents",
        action="store_true",
        help="join the contexts of a title to one document, and ask each question of its document",
    )
    group.add_argument("--foreign", type=float, metavar="SHARE", help="share of questions that are of another document")
    group.add_argument("--per-document", type=int, metavar="N", help="ask at most N questions of each document")
    group.add_argument("--sample", type=int, metavar="N", help="ask N questions, drawn at random")
    group.add_argument("--seed", type=int, default=0, metavar="N", help="of what is drawn at random (default: 0)")
    group = parser.add_argument_group("what is told")
    group.add_argument("--json", action="store_true", help="print JSON (docs/evaluation.md)")
    group.add_argument("--worst", type=int, default=0, metavar="N", help="show the N wrong answers that are surest")
    group.add_argument("--compare", metavar="READER", help="measure a second reader, and whether the two differ")
    group.add_argument("--predictions", metavar="FILE", help="write the answers as SQuAD's official scripts read them")
    group.add_argument("--na-prob", metavar="FILE", help="write the probabilities that there is none, for v2.0's")
    group.add_argument("--plot", metavar="DIR", help="draw risk and coverage, reliability and ROC as PNG")
    group.add_argument("-q", "--quiet", action="store_true", help="print no progress and no warnings")
    add_settings(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    check(arguments)
    wanted = settings(arguments)
    from docqa.cli import evaluation_text
    from docqa.evaluation import make_report, metrics
    from docqa.models import registry

    if arguments.compare:
        registry.find(
            arguments.compare, registry.ModelKind.READER
        )  # Its error, before the first reader takes its time.
    loaded = load(arguments.pairs, quiet=arguments.quiet)
    first = _measure(arguments, wanted, loaded)
    pairs = first.pairs
    found = make_report(first.predictions, pairs, first.reader, first.threshold)
    facts: dict[str, Any] = {"asked": first.how, **evaluation_text.as_dict(found), "pairs": loaded.report.as_dict()}
    texts = [evaluation_text.as_text(found, first.how)]
    if arguments.worst:
        facts["worst"] = _worst(first, arguments.worst)
        texts.append(evaluation_text.worst_as_text(facts["worst"]))
    if arguments.compare:
        second = _measure(arguments, replace(wanted, reader=arguments.compare), loaded)
        other = make_report(second.predictions, pairs, second.reader, second.threshold)
        abstains = found.scores.no_answer is not None
        each = [
            metrics.exact_and_f1(metrics.shown(one.predictions, one.threshold if abstains else 0.0), pairs)
            for one in (first, second)
        ]
        _, groups = metrics.clusters(pairs)
        differences = {
            name: metrics.compare([one[at] for one in each[0]], [one[at] for one in each[1]], groups)
            for at, name in enumerate(("exact", "f1"))
        }
        facts["compared"] = evaluation_text.as_dict(other)
        facts["differences"] = {name: asdict(difference) for name, difference in differences.items()}
        texts.append(evaluation_text.comparison_as_text(found, other, differences))
    _write_files(arguments, first, found)
    sys.stdout.write((json.dumps(facts, indent=2, ensure_ascii=False) if arguments.json else "\n\n".join(texts)) + "\n")
    return ExitCode.ANSWERED


@dataclass(frozen=True)
class _Measured:
    """What one reader answered. `how` says what it was asked, for a person."""

    reader: str
    threshold: float
    how: str
    pairs: "Sequence[Pair]"
    predictions: "Sequence[Prediction]"


def check(arguments: argparse.Namespace) -> None:
    """Raise `DocqaError` over flags that make no sense, before anything takes time."""
    share = arguments.foreign
    if share is not None and not 0 <= share < 1:
        raise DocqaError(
            f"--foreign is {share}", "it has to be a share from 0 to below 1: 0.5 is every second question"
        )
    for name in ("sample", "per_document"):
        count = getattr(arguments, name, None)
        if count is not None and count < 1:
            raise DocqaError(f"--{name.replace('_', '-')} is {count}", "it has to be 1 or more")
    for name in ("predictions", "na_prob"):
        file = getattr(arguments, name, None)
        if file and not Path(file).parent.is_dir():
            raise DocqaError(f"{file} can't be written: there is no folder {Path(file).parent}", "make it first")


def load(file: str, *, quiet: bool) -> "LoadedPairs":
    """The pairs of a file, and on stderr what is wrong with those that can't be used. Raises `DocqaError`."""
    from docqa import datasets

    with progress_bar(quiet=quiet) as monitor:
        # Every question counts that the official scripts count, one that is there twice as well.
        loaded = datasets.load([file], monitor, merge=False)
    if not loaded.pairs:
        raise DocqaError(f"{file} has no pair that can be used", loaded.report.as_text())
    if loaded.report.dropped:
        note(f"docqa: pairs that can't be used are not measured\n{loaded.report.as_text()}", quiet=quiet)
    return loaded


def examine(
    arguments: argparse.Namespace, engine: "Engine", loaded: "LoadedPairs", sample: int | None, foreign: float
) -> "tuple[list[EvaluatedQuestion], str]":
    """Ask the whole way: the documents that were named, or those that the pairs name or make. And how, in words."""
    from docqa import evaluation

    pairs: Sequence[Pair] = loaded.pairs
    with progress_bar(quiet=arguments.quiet) as monitor:
        if arguments.paths:
            collection = engine.open(arguments.paths, monitor, arguments.password)
            if collection.failures:
                raise collection.failures[0].error
            pairs = evaluation.sample(pairs, sample, arguments.seed)
            how = f"each asked of all of {_count(len(collection.documents), 'document')}"
            return evaluation.evaluate_collection(collection, pairs, loaded.documents, monitor), how
        sat = evaluation.sample_questions(
            evaluation.group_by_document(pairs, loaded.documents),
            sample=sample,
            per_document=getattr(arguments, "per_document", None),
            foreign=foreign,
            seed=arguments.seed,
        )
        examined = evaluation.evaluate_documents(engine, sat, monitor, arguments.password)
    how = f"each asked of one of {_count(len(sat), 'document')}"
    strange = sum(one.pair.id.endswith(f"@{one.pair.document}") for one in examined) if foreign else 0
    return examined, how + (f", {strange:,} of them another document's" if strange else "")


def _measure(arguments: argparse.Namespace, wanted: "Settings", loaded: "LoadedPairs") -> _Measured:
    from docqa.array_store import ArrayStore
    from docqa.engine import Engine
    from docqa.evaluation import evaluate_contexts, sample

    named = {pair.document in loaded.documents for pair in loaded.pairs}
    whole_way = bool(arguments.paths) or arguments.as_documents or True in named
    if len(named) > 1 and not (arguments.paths or arguments.as_documents):
        raise DocqaError(
            f"some pairs of {arguments.pairs} name a document, and others bring a context",
            "put them in two files, or make documents of the contexts with --as-documents",
        )
    if not whole_way or arguments.paths:
        for name in ("foreign", "per_document"):
            if getattr(arguments, name) is not None:
                flag = name.replace("_", "-")
                raise DocqaError(
                    f"--{flag} is about questions of which each has its document; these have none",
                    "leave it out" if arguments.paths else "make documents of the contexts with --as-documents",
                )
    # What is made of contexts is nobody's document, and not worth keeping.
    engine = Engine(wanted, None if arguments.paths or True in named else ArrayStore(None))
    engine.load_in_background()
    reader, threshold = engine.reader.name, engine.calibration.threshold
    if whole_way:
        examined, how = examine(arguments, engine, loaded, arguments.sample, arguments.foreign or 0.0)
        return _Measured(reader, threshold, how, [one.pair for one in examined], [one.prediction for one in examined])
    pairs = sample(loaded.pairs, arguments.sample, arguments.seed)
    with progress_bar(quiet=arguments.quiet) as monitor:
        engine.wait_until_loaded(monitor)
        predictions = evaluate_contexts(engine.reader, pairs, wanted, monitor, engine.calibration)
    return _Measured(reader, threshold, "each asked of its own context", pairs, predictions)


def _worst(measured: _Measured, count: int) -> list[dict[str, Any]]:
    """The wrong answers with the highest probability."""
    from docqa.evaluation import metrics

    outcomes = metrics.outcomes(measured.predictions, measured.pairs, measured.threshold)
    correct = metrics.right(measured.predictions, measured.pairs)
    wrong = [
        (prediction, pair, outcome)
        for prediction, pair, outcome, fine in zip(measured.predictions, measured.pairs, outcomes, correct, strict=True)
        if prediction.text and not fine
    ]
    wrong.sort(key=lambda one: -one[0].probability)
    return [
        {
            "id": pair.id,
            "place": pair.place,
            "question": pair.question,
            "answer": prediction.text,
            "accepted": list(dict.fromkeys(gold.text for gold in pair.answers)),
            "probability": prediction.probability,
            "outcome": str(outcome),
        }
        for prediction, pair, outcome in wrong[:count]
    ]


def _write_files(arguments: argparse.Namespace, measured: _Measured, found: "EvaluationReport") -> None:
    from docqa.evaluation import metrics

    ids = _ids(measured.predictions, quiet=arguments.quiet)
    try:
        if arguments.predictions:
            at = measured.threshold if found.scores.no_answer else 0.0
            _write(arguments.predictions, dict(zip(ids, metrics.shown(measured.predictions, at), strict=True)))
        if arguments.na_prob:
            none = [1 - prediction.probability for prediction in measured.predictions]
            _write(arguments.na_prob, dict(zip(ids, none, strict=True)))
        if arguments.plot:
            from docqa.evaluation.plots import draw_plots

            for file in draw_plots(measured.predictions, measured.pairs, measured.threshold, Path(arguments.plot)):
                note(f"drawn: {file}", quiet=arguments.quiet)
    except OSError as error:
        where = error.filename or arguments.plot
        raise DocqaError(f"{where} can't be written: {error.strerror or error}", "name another place") from error


def _write(file: str, contents: dict[str, Any]) -> None:
    Path(file).write_text(json.dumps(contents, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _ids(predictions: "Sequence[Prediction]", *, quiet: bool) -> list[str]:
    """Every question's id; one that is there before gets a number, so that no answer overwrites another's."""
    seen: Counter[str] = Counter()
    ids = []
    for prediction in predictions:
        seen[prediction.id] += 1
        ids.append(prediction.id if seen[prediction.id] == 1 else f"{prediction.id}#{seen[prediction.id]}")
    twice = [name for name, times in seen.items() if times > 1]
    if twice:
        some = ", ".join(twice[:3])
        note(
            f"docqa: {_count(len(twice), 'id')} stand for several questions ({some}): ID#2, … in the files", quiet=quiet
        )
    return ids


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
