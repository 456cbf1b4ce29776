"""The choice that goes with a reader: its own, or the bundled reader's in the units of its scores."""

from dataclasses import replace

from docqa.choice import DEFAULT_SCALE, ChoiceModel, Curve
from docqa.errors import DocqaError
from docqa.models.metadata import FILE_NAME, CalibrationRecord, CurveRecord
from docqa.models.registry import BUNDLED, Model, ModelKind, find


def choice_of(model: Model, threshold: float = -1.0) -> ChoiceModel:
    """The choice in a reader's docqa.json; `threshold` if not negative.

    A reader without curves gets those of the bundled reader, which `scale` in its docqa.json fits to its scores.
    Raises `DocqaError` if the file is malformed.
    """
    stored = model.metadata.calibration or CalibrationRecord()
    if stored.curves is not None:
        choice = _choice(model, stored)
    else:
        bundled = find(BUNDLED, ModelKind.READER)
        general = bundled.metadata.calibration or CalibrationRecord()
        choice = _choice(bundled, general).for_scale(stored.scale or DEFAULT_SCALE)
        if stored.threshold is not None:
            choice = replace(choice, threshold=stored.threshold)
    return replace(choice, threshold=threshold) if threshold >= 0 else choice


def record_of(choice: ChoiceModel) -> CalibrationRecord:
    """A choice for docqa.json."""
    curves = {name: CurveRecord(list(curve.knots), list(curve.values)) for name, curve in choice.curves.items()}
    return CalibrationRecord(bias=choice.bias, threshold=choice.threshold, curves=curves)


def _choice(model: Model, record: CalibrationRecord) -> ChoiceModel:
    curves = {}
    for name, curve in (record.curves or {}).items():
        try:
            curves[name] = Curve(tuple(curve.knots), tuple(curve.values))
        except ValueError as error:
            file = model.folder / FILE_NAME
            raise DocqaError(f"{file}: calibration.curves.{name} is wrong: {error}", "correct or delete it") from error
    defaults = ChoiceModel()
    threshold = defaults.threshold if record.threshold is None else record.threshold
    return ChoiceModel(record.bias or 0.0, curves, threshold)
