"""docqa's general sample: questions on invented texts of many kinds, asked end to end.

What a reader of unknown probabilities is fitted to: one that was pulled, or that has just been trained.
"""

from dataclasses import replace

from docqa import config, datasets, paths
from docqa.array_store import ArrayStore
from docqa.datasets.pair import Pair
from docqa.engine import Engine
from docqa.evaluation import calibration
from docqa.evaluation.calibration import CalibrationFit
from docqa.evaluation.end_to_end import EvaluatedQuestion, evaluate_documents, fit_calibration
from docqa.evaluation.sampling import group_by_document, sample_questions
from docqa.models import metadata
from docqa.models.registry import Model, ModelKind
from docqa.progress import Monitor
from docqa.reader.reader_choice import record_of


def general_pairs() -> tuple[Pair, ...]:
    """The pairs of the general sample."""
    return datasets.load([paths.general_sample()]).pairs


def ask_general_sample(engine: Engine, monitor: Monitor, per_document: int | None = None) -> list[EvaluatedQuestion]:
    """Ask each document of the sample its questions, at most `per_document` of them; see `evaluate_documents`.

    There are no questions about other documents, whose answers are too easily refused: a fit with them does worse on
    real documents.
    """
    documents = sample_questions(group_by_document(general_pairs(), {}), per_document=per_document)
    return evaluate_documents(engine, documents, monitor)


def needs_calibration(model: Model) -> bool:
    """Whether a model is a reader whose probabilities nobody has fitted. Raises `DocqaError`."""
    facts = model.metadata
    return model.kind is ModelKind.READER and facts.calibration is None and facts.calibrated is None


def calibrate_pulled(model: Model, monitor: Monitor) -> CalibrationFit:
    """Fit a reader's probabilities to every second document of the sample, measure on the others, and store the result.

    Until it is stored, which is the last step, the reader has the default numbers. Raises `DocqaError`, `OSError` if
    docqa.json can't be written, or `Cancelled` from the monitor.
    """
    engine = Engine(config.independent(reader=str(model.folder)), ArrayStore(None))
    engine.load_in_background()
    evaluated = ask_general_sample(engine, monitor)
    documents = list(dict.fromkeys(one.pair.document for one in evaluated))
    fitting = set(documents[::2])
    fitted = fit_calibration(engine, [one for one in evaluated if one.pair.document in fitting])
    measured = calibration.measure(fitted, [one.candidates for one in evaluated if one.pair.document not in fitting])
    written = replace(
        model.metadata,
        calibration=None if fitted.kept else record_of(fitted.choice),
        calibrated=measured.origin(),
    )
    metadata.write(model.folder, written)
    return measured
