"""What is to be trained: the pairs, the reader to start from, the name of the new one."""

from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, Select, Static

from docqa.errors import DocqaError
from docqa.models.registry import BUNDLED
from docqa.tui.formatting import MUTED, flat, joined, plain
from docqa.tui.workers.training_facts import TrainingFacts, TrainingPairs
from docqa.userdata import corrections

EPOCHS = "3"  # As the command has it.


class TrainingForm(Vertical):
    """The lines to fill in, and what the pairs come to."""

    def __init__(self) -> None:
        super().__init__(id="training-form")
        # Not selected when it gets the focus: a key that is meant for docqa (`?`) would replace the whole path.
        self.pairs = Input(str(corrections.file()), compact=True, select_on_focus=False, id="training-pairs")
        # A reader is always chosen; else the list would begin with an entry that is none.
        self._readers = Select[str]([(BUNDLED, BUNDLED)], allow_blank=False, compact=True)
        self._called = Input(compact=True)
        self._epochs = Input(EPOCHS, compact=True, type="number")
        self._checked = Static(id="training-checked")
        self._hint = Static(id="training-hint")
        self._facts: TrainingFacts | None = None

    def compose(self) -> ComposeResult:
        """A line for each thing that can be chosen."""
        yield from _field("Learn from", self.pairs)
        yield self._checked
        yield from _field("Start from", self._readers)
        yield from _field("Name of the new reader", self._called)
        yield from _field("Passes over the pairs", self._epochs)
        yield self._hint

    @property
    def file(self) -> str:
        """The file of pairs."""
        return str(Path(self.pairs.value.strip()).expanduser())

    @property
    def base(self) -> str:
        """The reader to start from."""
        return str(self._readers.value)

    @property
    def name_of_new(self) -> str:
        """The new reader's name."""
        return self._called.value.strip() or (self._facts.name if self._facts else "")

    @property
    def epochs(self) -> str:
        """Passes over the pairs. Raises `DocqaError` if that is no number."""
        typed = self._epochs.value.strip() or EPOCHS
        if not self._epochs.is_valid:
            raise DocqaError(f"{typed} is no number of passes", f"{EPOCHS} is usual")
        return typed

    def fill(self, facts: TrainingFacts) -> None:
        """Offer what there is, for the file that is named; what the person filled in stays."""
        known, self._facts = self._facts, facts
        chosen = self.base if known and self.base != known.base and self.base in facts.readers else facts.base
        if known is None or known.readers != facts.readers:
            self._readers.set_options([(flat(name), name) for name in facts.readers])
        self._readers.value = chosen
        if known is None or self._called.value == known.name:
            self._called.value = facts.name

    def show(self, pairs: TrainingPairs | None, failure: DocqaError | None) -> None:
        """Show what the pairs come to (None: they are being read), and what stands in the way."""
        reading = [Content.styled("» reading the pairs…", MUTED)]
        self._checked.update(joined(pairs.lines() if pairs else reading))
        self._hint.update(joined(self._hints(pairs, failure)))

    def _hints(self, pairs: TrainingPairs | None, failure: DocqaError | None) -> list[Content]:
        lines = []
        if failure is not None:
            lines.append(Content.styled(f"✗ {plain(failure.message)}", "bold $text-error"))
            lines += [Content(f"→ {plain(failure.hint)}")] if failure.hint else []
        facts = self._facts
        if facts is not None and facts.base != facts.chosen:
            seen = f"{flat(facts.chosen)} has seen these pairs: measured on them, it would look too good."
            lines.append(Content(seen))
        what = (
            "The rest is as docqa finetune has it. The new reader is measured, as the old one is, on pairs that "
            "are put aside, and used only if it is better; no reader is overwritten."
        )
        lines.append(Content.styled(what, MUTED))
        if pairs is not None and pairs.enough and facts is not None:
            lines.append(Content("Enter begins. It takes minutes or longer, and docqa can be used meanwhile."))
        return lines


def _field(name: str, widget: Input | Select[str]) -> ComposeResult:
    with Horizontal(classes="training-field"):
        yield Label(name)
        yield widget
