"""The form of a training run: the pairs, the reader to start from, the name of the new one."""

from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, Select, Static

from docqa.errors import DocqaError
from docqa.models.registry import BUNDLED
from docqa.terminal_text import visible, visible_lines
from docqa.tui.state.training import TrainingFacts, TrainingPairs
from docqa.tui.styling import MUTED, error_lines, joined
from docqa.userdata import corrections
from docqa.wording import counted

_MIN_PAIRS = 2  # One to train on, and one from another passage to test on.
_USEFUL_PAIRS = 24  # "A few dozen at least", docs/finetuning.md.


class TrainingForm(Vertical):
    """The fields, and a report on the pairs."""

    def __init__(self) -> None:
        super().__init__(id="training-form")
        # Not selected on focus: a key meant for docqa, such as `?`, would replace the whole path.
        self.pairs = Input(str(corrections.file()), compact=True, select_on_focus=False, id="training-pairs")
        # A reader is always chosen; otherwise the list would begin with an empty entry.
        self._reader_field = Select[str]([(BUNDLED, BUNDLED)], allow_blank=False, compact=True)
        self._name_field = Input(compact=True)
        self._epochs_field = Input(_default_epochs(), compact=True, type="number")
        self._report = Static(id="training-checked")
        self._hint = Static(id="training-hint")
        self._facts: TrainingFacts | None = None

    def compose(self) -> ComposeResult:
        """Yield the fields."""
        yield from _field("Training pairs", self.pairs)
        yield self._report
        yield from _field("Start from", self._reader_field)
        yield from _field("Name of the new reader", self._name_field)
        yield from _field("Epochs", self._epochs_field)
        yield self._hint

    @property
    def file(self) -> str:
        """The file of pairs."""
        return str(Path(self.pairs.value.strip()).expanduser())

    @property
    def base(self) -> str:
        """The reader to start from."""
        return str(self._reader_field.value)

    @property
    def new_name(self) -> str:
        """The name of the new reader."""
        return self._name_field.value.strip() or (self._facts.name if self._facts else "")

    @property
    def epochs(self) -> str:
        """The number of epochs. Raises `DocqaError` if it is not a number."""
        typed = self._epochs_field.value.strip() or _default_epochs()
        if not self._epochs_field.is_valid:
            raise DocqaError(f"epochs must be a number, not {typed}", f"{_default_epochs()} is usual")
        return typed

    def fill(self, facts: TrainingFacts) -> None:
        """Fill in the defaults for the named file. Fields that the user changed stay."""
        old, self._facts = self._facts, facts
        chosen = self.base if old and self.base != old.base and self.base in facts.readers else facts.base
        if old is None or old.readers != facts.readers:
            self._reader_field.set_options([(visible(name), name) for name in facts.readers])
        self._reader_field.value = chosen
        if old is None or self._name_field.value == old.name:
            self._name_field.value = facts.name

    def show(self, pairs: TrainingPairs | None, failure: DocqaError | None) -> None:
        """Show the report on the pairs (None: still reading), and what prevents the training."""
        reading = [Content.styled("» reading the pairs…", MUTED)]
        self._report.update(joined(pairs_report(pairs) if pairs else reading))
        self._hint.update(joined(self._hints(pairs, failure)))

    def _hints(self, pairs: TrainingPairs | None, failure: DocqaError | None) -> list[Content]:
        lines = error_lines(failure) if failure is not None else []
        facts = self._facts
        if facts is not None and facts.base != facts.chosen:
            seen = f"{visible(facts.chosen)} was trained on these pairs. Tested on them, it would score too well."
            lines.append(Content(seen))
        rest = (
            "All other options are docqa finetune's defaults. Both readers are evaluated on held-out pairs, and the "
            "new one is used only if it is better. No reader is overwritten."
        )
        lines.append(Content.styled(rest, MUTED))
        if pairs is not None and pairs.enough and facts is not None:
            lines.append(Content("Press Enter to start. It takes minutes or longer; you can keep using docqa."))
        return lines


def pairs_report(pairs: TrainingPairs) -> list[Content]:
    """Describe the pairs of a file: what there is, what is wrong, and what is missing."""
    error = pairs.error
    found = pairs.report.pairs if pairs.report else 0
    lines = [Content(visible_lines(line)) for line in pairs.report.as_text().split("\n")] if pairs.report else []
    if pairs.enough:
        few = f"{counted(found, 'pair')} will do for a trial. Scores mean little below {_USEFUL_PAIRS} pairs."
        warning = [Content.styled(f"! {few}", "$text-warning")] if found < _USEFUL_PAIRS else []
        return [*lines, Content(visible_lines(pairs.split)), *warning]
    if error is not None and pairs.report is None:
        return error_lines(error)
    missing = max(1, _MIN_PAIRS - found)
    where = "from another passage" if found else "from two passages"
    needed = f"∅ Not enough to train on: add at least {counted(missing, 'pair')} {where}."
    how = "Ask a question, then press c if the answer is right, or w to choose the right one."
    if not found and not (pairs.report and pairs.report.read):
        lines = [Content("No corrections yet.")]
    return [
        *lines,
        Content.styled(needed, "bold $text-warning"),
        Content.styled("One pair trains and one tests; a few dozen are better.", MUTED),
        *([Content(f"→ {how}")] if pairs.file == str(corrections.file()) else []),
    ]


def _field(name: str, widget: Input | Select[str]) -> ComposeResult:
    with Horizontal(classes="training-field"):
        yield Label(name)
        yield widget


def _default_epochs() -> str:
    from docqa.training.hyperparameters import TrainingConfig

    return f"{TrainingConfig().epochs:g}"
