"""Train a reader on corrections or other pairs, and watch it. Closed, it goes on."""

from collections.abc import Callable, Sequence
from functools import partial
from statistics import fmean
from threading import Event
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, Sparkline, Static

from docqa.errors import DocqaError
from docqa.models import registry
from docqa.models.registry import ModelKind
from docqa.tui.formatting import MUTED, flat, joined, plain
from docqa.tui.state.training import TrainingProgress, TrainingState
from docqa.tui.widgets.training_form import TrainingForm
from docqa.tui.workers import training_facts, training_process
from docqa.tui.workers.training_facts import FactsFailed, FactsFound, PairsChecked, TrainingFacts, TrainingPairs
from docqa.tui.workers.training_process import TrainingEnded, TrainingEvent, TrainingProcess
from docqa.userdata import corrections


class TrainingScreen(ModalScreen[None]):
    """Before, during and after a training; there is one at a time."""

    BINDING_GROUP_TITLE = "While training"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Go on", tooltip="Begin, go on, or use the new reader", id="training.go"),
        Binding("k", "keep", "Keep", tooltip="Keep the reader that was used before", id="training.keep"),
        Binding("u", "use", "Use", tooltip="Use the new reader although it is not better", id="training.use"),
        Binding("x", "stop", "Stop", tooltip="Stop, with a checkpoint", id="training.stop"),
        Binding("d", "discard", "Discard", tooltip="Discard what was stopped", id="training.discard"),
        Binding("n", "another", "Another", tooltip="Begin another training", id="training.another"),
        Binding("escape", "close", "Close", tooltip="Close this; the training goes on", id="training.close"),
    ]
    AUTO_FOCUS = ""

    class Stood(Message):
        """How the training stands in a few words, "" where there is nothing to say in the header."""

        def __init__(self, brief: str) -> None:
            super().__init__()
            self.brief = brief

    class ReaderWanted(Message):
        """The person wants to use the new reader now."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, device: str) -> None:
        """`device` is what the app reads with, as the settings have it."""
        super().__init__()
        self._device = device
        self._facts: TrainingFacts | None = None
        self._failure: DocqaError | None = None
        self._pairs: TrainingPairs | None = None
        self._checking = Event()
        self._checked = ""
        """The file that was checked last, or is being checked."""
        self._another = False
        """Whether the form is wanted although there is an unfinished run."""
        self._training: TrainingProgress | None = None
        self._process: TrainingProcess | None = None
        self._sure = ""
        """The unfinished run that was to be discarded; once more, and it is."""
        self._offered: list[bool | None] = []
        self._then: Callable[[], object] | None = None

    # --- what the app asks ---

    @property
    def running(self) -> bool:
        """Whether a training runs."""
        return self._training is not None and self._training.going

    @property
    def quitting(self) -> bool:
        """Whether somebody waits for it to stop."""
        return self._then is not None

    def stop(self, then: Callable[[], object] | None = None) -> None:
        """Stop the training with a checkpoint, the second time at once; `then` is called when it has stopped."""
        self._then = then
        self._checking.set()
        if self._process is not None and self._training is not None and self._training.going:
            self._training.state = TrainingState.STOPPING
            self._process.stop()
            self._draw()

    # --- the widgets ---

    def compose(self) -> ComposeResult:
        """The form, or how the training stands."""
        # Attributes, and made here: an input can't be made before there is a screen.
        self.form = TrainingForm()
        self._text = Static(id="training-text")
        self._loss = Sparkline(summary_function=fmean, id="training-loss")
        self._notes = Static(id="training-notes")
        with VerticalScroll(id="training", can_focus=True) as self._box:
            self._box.border_title = "Train a reader"
            yield self.form
            yield self._text
            yield self._loss
            yield self._notes
        yield Footer(show_command_palette=False)

    @on(events.ScreenResume)
    def _shown(self) -> None:
        if self._training is None:
            self._look()
        elif not self._training.going:
            self.post_message(self.Stood(""))
        self._draw()

    def _look(self) -> None:
        self.find_facts(self.form.file)
        self._check()

    def _check(self) -> None:
        self._checking.set()
        self._checking, self._checked, self._pairs = Event(), self.form.file, None
        self.check_pairs(self._checked, self._checking)
        self._draw()

    # --- workers ---

    @work(thread=True, group="looking", exclusive=True)
    def find_facts(self, file: str) -> None:
        """See what there is to start from, in a thread."""
        training_facts.look(file, self.post_message)

    @work(thread=True, group="checking", exclusive=True)
    def check_pairs(self, file: str, cancel: Event) -> None:
        """Read the pairs, in a thread."""
        training_facts.check(file, cancel, self.post_message)

    @work(thread=True, group="training")
    def follow(self, process: TrainingProcess, arguments: Callable[[], Sequence[str]]) -> None:
        """Run the command and listen to it, in a thread."""
        process.run(arguments)

    @work(thread=True, group="discarding")
    def discard(self, name: str) -> None:
        """Delete an unfinished run, in a thread: it may be large."""
        try:
            training_process.discard(name)
        except DocqaError as error:
            self.post_message(FactsFailed(error))
        else:
            training_facts.look(str(corrections.file()), self.post_message)

    # --- what they report ---

    @on(FactsFound)
    def _looked(self, message: FactsFound) -> None:
        self._facts, self._failure = message.facts, None
        self.form.fill(message.facts)
        self._draw()
        if self._form and self.focused is None and self.is_current:
            self.form.pairs.focus()

    @on(PairsChecked)
    def _pairs_checked(self, message: PairsChecked) -> None:
        if message.pairs.file == self._checked:
            self._pairs = message.pairs
            self._draw()

    @on(Input.Blurred, "#training-pairs")
    def _pairs_named(self) -> None:
        if self._form and self._checked != self.form.file:
            self._look()

    @on(FactsFailed)
    def _facts_failed(self, message: FactsFailed) -> None:
        self._failure = message.error
        self._draw()

    @on(TrainingEvent)
    def _told(self, message: TrainingEvent) -> None:
        if self._training is not None:
            for event in message.events:
                self._training.hear(event)
            self.post_message(self.Stood(self._training.brief))
            self._draw()

    @on(TrainingEnded)
    def _ended(self, message: TrainingEnded) -> None:
        training = self._training
        if training is None:
            return
        training.end(message.code, message.report, message.error, kept=message.kept)
        if self._then is not None:
            self._then()
            return
        self.post_message(self.Stood("" if self.is_current else training.brief))
        if not self.is_current:
            what = next(training.outcome()).plain
            self.app.notify(f"The training ended: {what}. T shows it.", markup=False, timeout=10)
        self._draw()
        self._box.scroll_home(animate=False)

    # --- what the person does ---

    @on(Input.Submitted)
    def action_go_on(self) -> None:
        """Begin, go on, or use the new reader, whatever comes next."""
        training = self._training
        if training is None:
            self._begin()
        elif training.going:
            pass
        elif training.state is TrainingState.DONE:
            if training.better:
                self.action_use()
        elif training.kept:
            self._resume(training.name)
        else:
            self.action_another()

    def _begin(self) -> None:
        facts = self._facts
        if facts is None:
            return
        if not self._form:
            self._resume(facts.unfinished[0])
            return
        if self._checked != self.form.file:
            self._look()
            return
        base, name = self.form.base, self.form.name_of_new
        if self._pairs is None or not self._pairs.enough:
            return
        try:
            epochs = self.form.epochs
        except DocqaError as error:
            self.post_message(FactsFailed(error))
        else:
            self._start(name, partial(training_process.begun, self._checked, name, base, epochs, self._device))

    def _resume(self, name: str) -> None:
        self._start(name, partial(training_process.resumed, name))

    def _start(self, name: str, arguments: Callable[[], Sequence[str]]) -> None:
        self._training = TrainingProgress(name, before=self._facts.chosen if self._facts else registry.BUNDLED)
        self._process = TrainingProcess(name, self.post_message)
        self._then = None
        self.follow(self._process, arguments)
        self._box.focus()
        self.post_message(self.Stood(self._training.brief))
        self._draw()

    def action_use(self) -> None:
        """Use the new reader from now on."""
        if self.app.check_action("choose_model", ()) is not True:
            self.app.notify("The documents are still being opened. Once they are, it can be used.", markup=False)
        elif self._training is not None:
            self.post_message(self.ReaderWanted(self._training.name))
            self._leave()

    def action_keep(self) -> None:
        """Keep the reader that was used before the training."""
        training = self._training
        if training is None:
            return
        try:
            registry.use(training.before, ModelKind.READER)
        except (DocqaError, OSError) as error:
            self.app.notify(plain(str(error)), markup=False, severity="error", timeout=10)
            return
        said = f"docqa goes on with {training.before}. {training.name} stays: M changes to it."
        self.app.notify(plain(said), markup=False)
        self._leave()

    def action_stop(self) -> None:
        """Stop the training with a checkpoint; the second time at once."""
        self.stop()

    def action_discard(self) -> None:
        """Discard a training that was stopped, at the second time."""
        name = self._training.name if self._training else self._facts.unfinished[0] if self._facts else ""
        if self._sure != name:
            self._sure = name
            self.app.notify(f"d once more discards what was trained of {flat(name)}.", markup=False)
            return
        self.action_another()
        self.discard(name)

    def action_another(self) -> None:
        """Begin another training."""
        self._training, self._another, self._sure = None, True, ""
        self.post_message(self.Stood(""))
        self._look()
        self.form.pairs.focus()

    def action_close(self) -> None:
        """Close this; the training goes on."""
        if self.running:
            self.dismiss()
        else:
            self._leave()

    def _leave(self) -> None:
        """Close this, and have nothing more to say about the training that ended."""
        if self._training is not None and not self._training.kept:
            self._training = None
        self._another, self._sure = False, ""
        self.post_message(self.Stood(""))
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key does anything now; where not, the footer leaves it out."""
        training = self._training
        done = training is not None and training.state is TrainingState.DONE
        better = training is not None and training.better
        stopped = training.kept if training and not training.going else training is None and not self._form
        if action == "go_on":
            if training is None:
                return self._facts is not None
            return not training.going and (not done or better)
        if action == "use":
            return done and not better
        if action == "keep":
            return done and better
        if action == "stop":
            return self.running and not self.quitting
        if action == "discard":
            return bool(stopped)
        if action == "another":
            return bool(stopped) or (done and not better)
        return True

    # --- what is shown ---

    @property
    def _form(self) -> bool:
        """Whether there is nothing to show but what can be trained."""
        return self._training is None and (self._another or self._facts is None or not self._facts.unfinished)

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        training = self._training
        self.form.display = self._form
        self._text.display = not self._form
        self._loss.display = (
            training is not None and len(training.losses) > 1 and training.state is not TrainingState.DONE
        )
        self._notes.display = training is not None and training.going
        if self._form:
            self.form.show(self._pairs, self._failure)
        elif training is None:
            self._text.update(joined(self._unfinished()))
        elif training.going:
            title = Content.styled(plain(training.name), "bold")
            self._text.update(title + "\n" + training.standing())
            keys = "Esc closes this, and the training goes on. x stops it; what was trained is kept."
            if training.state is TrainingState.STOPPING:
                keys = "x once more ends it at once; what the checkpoint before this one has is kept."
            if self.quitting:
                keys = "docqa quits once it has stopped. Ctrl+Q once more quits at once."
            self._notes.update(
                joined([Content(plain("\n".join(training.notes))), Content(""), Content.styled(keys, MUTED)])
            )
        else:
            self._text.update(joined(training.outcome()))
        if training is not None:
            self._loss.data = list(training.losses.values())
        self._refresh_keys()

    def _refresh_keys(self) -> None:
        # The footer is made anew each time, which is slow to do for every report of the process.
        offered = [self.check_action(binding.action, ()) for binding in Binding.make_bindings(self.BINDINGS)]
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    def _unfinished(self) -> list[Content]:
        names = self._facts.unfinished if self._facts else ()
        lines = [Content.styled(f"■ The training of {flat(names[0])} was not finished.", "bold $text-warning")]
        if len(names) > 1:
            lines.append(Content.styled(f"And, begun before it: {flat(', '.join(names[1:]))}.", MUTED))
        return [
            *lines,
            Content(""),
            Content("Enter goes on with it, to the same result as without the break."),
            Content("d discards it. n begins another one."),
            *([Content.styled(f"✗ {plain(str(self._failure))}", "bold $text-error")] if self._failure else []),
        ]
