"""The probabilities of a reader that was pulled without a calibration: fitted to docqa's general sample.

Every second document of the sample is fitted to, and the others measure the result.
"""

from dataclasses import replace

from docqa import datasets, paths
from docqa.array_store import ArrayStore
from docqa.config import Settings
from docqa.engine import Engine
from docqa.evaluation import calibration
from docqa.evaluation.calibration import CalibrationFit
from docqa.evaluation.end_to_end import evaluate_documents, fit_calibration
from docqa.evaluation.sampling import group_by_document
from docqa.models import metadata
from docqa.models.registry import Model, ModelKind
from docqa.progress import Monitor
from docqa.reader.reader_choice import record_of


def needs_calibration(model: Model) -> bool:
    """Whether a model is a reader whose probabilities nobody has fitted. Raises `DocqaError`."""
    facts = model.metadata
    return model.kind is ModelKind.READER and facts.calibration is None and facts.calibrated is None


def calibrate_pulled(model: Model, monitor: Monitor) -> CalibrationFit:
    """Fit a reader's probabilities, and store the calibration with it.

    Until it is stored, which is the last step, the reader has the default numbers. Raises `DocqaError`, `OSError` if
    docqa.json can't be written, or `Cancelled` from the monitor.
    """
    # Not the user's own settings: the calibration is for everybody's.
    engine = Engine(Settings(reader=str(model.folder), cache=False), ArrayStore(None))
    engine.load_in_background()
    documents = group_by_document(datasets.load([paths.general_sample()]).pairs, {})
    # No questions about other documents, whose answers are too easily refused: it would do worse on real documents.
    evaluated = evaluate_documents(engine, documents, monitor)
    fitting = {document.name for document in documents[::2]}
    fitted = fit_calibration(engine, [one for one in evaluated if one.pair.document in fitting])
    measured = calibration.measure(
        fitted, [one.candidates for one in evaluated if one.pair.document not in fitting]
    )
    calibration_record = None if fitted.kept else record_of(fitted.choice)
    metadata.write(
        model.folder, replace(model.metadata, calibration=calibration_record, calibrated=measured.origin())
    )
    return measured
