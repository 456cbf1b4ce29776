"""`docqa eval PAIRS [PATH...]`: measure how good a reader's answers are."""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docqa.cli.arguments import add_settings, settings
from docqa.cli.commands import COMMANDS, add_command
from docqa.cli.terminal import note, progress_bar, say, say_json
from docqa.errors import DocqaError, ExitCode
from docqa.files import write_export
from docqa.terminal_text import as_json
from docqa.wording import counted

if TYPE_CHECKING:
    from docqa.config import Settings
    from docqa.datasets import LoadedPairs, Pair
    from docqa.engine import Engine
    from docqa.evaluation import EvaluatedQuestion, EvaluationReport
    from docqa.evaluation.metrics import Prediction

_EXAMPLES = """\
examples:
  docqa eval pairs.json                          ask each question of its own context, or of the document it names
  docqa eval questions.json report.pdf           ask end to end: which answers docqa finds in the report
  docqa eval pairs.json --compare distilbert     compare two readers
  docqa eval squad.json --predictions p.json     for the official script: evaluate-v1.1.py squad.json p.json
  docqa eval squad.json --as-documents --cross-document 0.5 --per-document 20
                                                 whole articles; half of the questions are about another article

The figures are explained in docs/evaluation.md, the formats of pairs in docs/formats.md.

exit codes: 0 success, 2 an error, 130 interrupted
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "eval",
        COMMANDS["eval"].about,
        description="Measure how good the answers to question–answer pairs are, and how abstaining affects them.",
        examples=_EXAMPLES,
        run=run,
    )
    parser.add_argument("pairs", metavar="PAIRS", help="question–answer pairs: SQuAD JSON, JSON, JSONL, CSV or TSV")
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help="documents to ask, instead of the contexts or documents of the pairs"
    )
    group = parser.add_argument_group("questions")
    group.add_argument(
        "--as-documents",
        action="store_true",
        help="join the contexts with the same title into one document, and ask each question of its document",
    )
    group.add_argument(
        "--cross-document",
        type=float,
        metavar="SHARE",
        help="ask each document questions about others too, as this share of its questions",
    )
    group.add_argument("--per-document", type=int, metavar="N", help="ask at most N questions about each document")
    group.add_argument("--sample", type=int, metavar="N", help="ask a random sample of N questions")
    group.add_argument("--seed", type=int, default=0, metavar="N", help="random seed of the sample (default: 0)")
    group = parser.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="print JSON (docs/evaluation.md)")
    group.add_argument("--worst", type=int, default=0, metavar="N", help="list the N most confident wrong answers")
    group.add_argument(
        "--compare", metavar="READER", help="evaluate a second reader, and test whether the difference is significant"
    )
    group.add_argument("--predictions", metavar="FILE", help="write the answers in the format of SQuAD's scripts")
    group.add_argument("--na-prob", metavar="FILE", help="write the no-answer probabilities for the v2.0 script")
    group.add_argument("--plot", metavar="DIR", help="plot risk and coverage, reliability and ROC as PNG")
    group.add_argument("-q", "--quiet", action="store_true", help="print no progress and no warnings")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and print the report."""
    check(arguments)
    configured = settings(arguments)
    from docqa.cli import evaluation_text
    from docqa.evaluation import compare_readers, make_report
    from docqa.models import registry

    if arguments.compare:
        # Report a misspelled name before the first reader is evaluated.
        registry.find(arguments.compare, registry.ModelKind.READER)
    loaded = load(arguments.pairs, quiet=arguments.quiet)
    first = _evaluate(arguments, configured, loaded)
    pairs = first.pairs
    report = make_report(first.predictions, pairs, first.reader, first.threshold)
    facts: dict[str, Any] = {"asked": first.how, **report.as_dict(), "pairs": loaded.report.as_dict()}
    texts = [evaluation_text.as_text(report, first.how)]
    if arguments.worst:
        facts["worst"] = _worst(first, arguments.worst)
        texts.append(evaluation_text.worst_as_text(facts["worst"]))
    if arguments.compare:
        second = _evaluate(arguments, replace(configured, reader=arguments.compare), loaded)
        second_report = make_report(second.predictions, pairs, second.reader, second.threshold)
        differences = compare_readers(
            (first.predictions, first.threshold), (second.predictions, second.threshold), pairs
        )
        facts["compared"] = second_report.as_dict()
        facts["differences"] = {name: asdict(difference) for name, difference in differences.items()}
        texts.append(evaluation_text.comparison_as_text(report, second_report, differences))
    _write_files(arguments, first, report)
    if arguments.json:
        say_json(as_json(facts, indent=2))
    else:
        say("\n\n".join(texts))
    return ExitCode.ANSWERED


@dataclass(frozen=True)
class _Evaluation:
    """One reader's predictions. `how` describes how the questions were asked."""

    reader: str
    threshold: float
    how: str
    pairs: "Sequence[Pair]"
    predictions: "Sequence[Prediction]"


def check(arguments: argparse.Namespace) -> None:
    """Raise `DocqaError` for invalid flags, before anything slow begins."""
    share = arguments.cross_document
    if share is not None and not 0 <= share < 1:
        raise DocqaError(f"--cross-document is {share}", "use a share from 0 to below 1; 0.5 is every second question")
    for name in ("sample", "per_document"):
        count = getattr(arguments, name, None)
        if count is not None and count < 1:
            raise DocqaError(f"--{name.replace('_', '-')} is {count}", "use 1 or more")
    for name in ("predictions", "na_prob"):
        file = getattr(arguments, name, None)
        if file and not Path(file).parent.is_dir():
            raise DocqaError(f"{file} can't be written: there is no folder {Path(file).parent}", "create the folder")


def load(file: str, *, quiet: bool) -> "LoadedPairs":
    """Load the pairs in a file; report unusable ones on stderr. Raises `DocqaError`."""
    from docqa import datasets

    with progress_bar(quiet=quiet) as monitor:
        # Duplicates stay: the official scripts count them too.
        loaded = datasets.load([file], monitor, merge=False)
    if not loaded.pairs:
        raise DocqaError(f"{file} has no usable pair", loaded.report.as_text())
    if loaded.report.dropped:
        note(f"docqa: unusable pairs are skipped\n{loaded.report.as_text()}", quiet=quiet)
    return loaded


def evaluate_end_to_end(
    arguments: argparse.Namespace, engine: "Engine", loaded: "LoadedPairs", sample: int | None, cross_document: float
) -> "tuple[list[EvaluatedQuestion], str]":
    """Ask the documents on the command line, or those that the pairs name or make. Also returns how they were asked."""
    from docqa import evaluation

    with progress_bar(quiet=arguments.quiet) as monitor:
        if arguments.paths:
            collection = engine.open(arguments.paths, monitor, arguments.password)
            if collection.failures:
                raise collection.failures[0].error
            pairs = evaluation.sample(loaded.pairs, sample, arguments.seed)
            how = _asked_of(len(pairs), len(collection.documents), "all")
            return evaluation.evaluate_collection(collection, pairs, loaded.documents, monitor), how
        documents = evaluation.sample_questions(
            evaluation.group_by_document(loaded.pairs, loaded.documents),
            sample=sample,
            per_document=getattr(arguments, "per_document", None),
            cross_document=cross_document,
            seed=arguments.seed,
        )
        evaluated = evaluation.evaluate_documents(engine, documents, monitor, arguments.password)
    how = _asked_of(len(evaluated), len(documents), "one of")
    crossed = sum(evaluation.is_cross_document(one.pair) for one in evaluated) if cross_document else 0
    return evaluated, how + (f", {crossed:,} of them about another document" if crossed else "")


def _asked_of(questions: int, documents: int, which: str) -> str:
    """How questions were asked: "each asked of one of 2 documents"."""
    if documents == 1:
        return "asked of 1 document"
    return f"{'each ' if questions != 1 else ''}asked of {which} {documents:,} documents"


def _evaluate(arguments: argparse.Namespace, configured: "Settings", loaded: "LoadedPairs") -> _Evaluation:
    from docqa.array_store import ArrayStore
    from docqa.engine import Engine
    from docqa.evaluation import evaluate_contexts, sample

    kinds = {pair.document in loaded.documents for pair in loaded.pairs}
    if len(kinds) > 1 and not (arguments.paths or arguments.as_documents):
        raise DocqaError(
            f"some pairs in {arguments.pairs} name a document, others have a context",
            "split them into two files, or join the contexts to documents with --as-documents",
        )
    names_documents = True in kinds
    end_to_end = bool(arguments.paths) or arguments.as_documents or names_documents
    if not end_to_end or arguments.paths:
        for name in ("cross_document", "per_document"):
            if getattr(arguments, name) is not None:
                raise DocqaError(
                    f"--{name.replace('_', '-')} needs questions that belong to documents; these don't",
                    "leave it out" if arguments.paths else "join the contexts to documents with --as-documents",
                )
    # Documents made of contexts are not worth caching.
    engine = Engine(configured, None if arguments.paths or names_documents else ArrayStore(None))
    engine.load_in_background()
    reader, threshold = engine.reader.name, engine.choice.threshold
    if end_to_end:
        evaluated, how = evaluate_end_to_end(
            arguments, engine, loaded, arguments.sample, arguments.cross_document or 0.0
        )
        pairs, predictions = [one.pair for one in evaluated], [one.prediction for one in evaluated]
        return _Evaluation(reader, threshold, how, pairs, predictions)
    sampled = sample(loaded.pairs, arguments.sample, arguments.seed)
    how = f"{'each ' if len(sampled) != 1 else ''}asked of its own context"
    with progress_bar(quiet=arguments.quiet) as monitor:
        engine.wait_until_loaded(monitor)
        contexts = evaluate_contexts(engine.reader, sampled, configured, monitor, engine.choice)
    return _Evaluation(reader, threshold, how, sampled, contexts)


def _worst(evaluated: _Evaluation, count: int) -> list[dict[str, Any]]:
    """The `count` wrong answers with the highest probabilities."""
    from docqa.evaluation import metrics

    predictions, pairs = evaluated.predictions, evaluated.pairs
    outcomes = metrics.outcomes(predictions, pairs, evaluated.threshold)
    wrong = [
        (prediction, pair, outcome)
        for prediction, pair, outcome, right in zip(
            predictions, pairs, outcomes, metrics.right(predictions, pairs), strict=True
        )
        if prediction.text and not right
    ]
    wrong.sort(key=lambda one: -one[0].probability)
    return [
        {
            "id": pair.id,
            "place": pair.location,
            "question": pair.question,
            "answer": prediction.text,
            "accepted": list(dict.fromkeys(gold.text for gold in pair.answers)),
            "probability": prediction.probability,
            "outcome": str(outcome),
        }
        for prediction, pair, outcome in wrong[:count]
    ]


def _write_files(arguments: argparse.Namespace, evaluated: _Evaluation, report: "EvaluationReport") -> None:
    from docqa.evaluation import metrics

    predictions = evaluated.predictions
    ids = _unique_ids(predictions, quiet=arguments.quiet)
    try:
        if arguments.predictions:
            threshold = evaluated.threshold if report.scores.no_answer else 0.0
            _write(arguments.predictions, dict(zip(ids, metrics.shown(predictions, threshold), strict=True)))
        if arguments.na_prob:
            no_answer = [1 - prediction.probability for prediction in predictions]
            _write(arguments.na_prob, dict(zip(ids, no_answer, strict=True)))
        if arguments.plot:
            from docqa.evaluation.plots import draw_plots

            for file in draw_plots(predictions, evaluated.pairs, evaluated.threshold, Path(arguments.plot)):
                note(f"plotted: {file}", quiet=arguments.quiet)
    except OSError as error:
        file = error.filename or arguments.plot
        raise DocqaError(f"{file} can't be written: {error.strerror or error}", "choose another file") from error


def _write(file: str, contents: dict[str, Any]) -> None:
    write_export(Path(file), (as_json(contents, indent=1) + "\n").encode())


def _unique_ids(predictions: "Sequence[Prediction]", *, quiet: bool) -> list[str]:
    """The ids of all questions; repeated ones get a number, so that no answer overwrites another."""
    seen: Counter[str] = Counter()
    ids = []
    for prediction in predictions:
        seen[prediction.id] += 1
        ids.append(prediction.id if seen[prediction.id] == 1 else f"{prediction.id}#{seen[prediction.id]}")
    repeated = [name for name, times in seen.items() if times > 1]
    if repeated:
        names = ", ".join(repeated[:3])
        note(
            f"docqa: {counted(len(repeated), 'id')} used for several questions ({names}): written as ID#2, …",
            quiet=quiet,
        )
    return ids
