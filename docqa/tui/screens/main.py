"""The main screen: its panes, what they show, and the keys that need them."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Paste, ScreenSuspend
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, OptionList

from docqa.errors import DocqaError
from docqa.tui import external_viewer
from docqa.tui.controller import QuestionController
from docqa.tui.formatting import cited
from docqa.tui.keys import DOCUMENT_KEYS
from docqa.tui.messages import AnswerSelected
from docqa.tui.screens.agreement import SideBySide
from docqa.tui.screens.choose import ChooseScreen
from docqa.tui.screens.find_all import FindAll
from docqa.tui.state import goto
from docqa.tui.widgets.answers_pane import AnswersPane
from docqa.tui.widgets.documents_pane import DocumentsPane
from docqa.tui.widgets.evidence_strip import EvidenceStrip
from docqa.tui.widgets.footer import FittingFooter
from docqa.tui.widgets.inputs import FindInput
from docqa.tui.widgets.main_header import MainHeader
from docqa.tui.widgets.main_panes import MainPanes
from docqa.tui.widgets.opening_hint import opening_hint
from docqa.tui.widgets.question_input import QuestionsList
from docqa.tui.widgets.question_line import QuestionLine
from docqa.tui.widgets.selectable_page import SelectablePage
from docqa.tui.workers import events

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docqa.answers import Answer, Citation
    from docqa.documents import Document
    from docqa.tui.state.evidence import DocumentEvidence


_LEAVE = "Press q again to quit"


class MainScreen(Screen[None]):
    """Header, three panes, the question line, footer.

    The panes are attributes, because the app can't query them while another screen is on top.
    """

    class Covered(Message):
        """Another screen is on top of this one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *DOCUMENT_KEYS,
        Binding("tab", "pane(1)", show=False, tooltip="Go to the next pane", id="app.next"),
        Binding("shift+tab", "pane(-1)", show=False, tooltip="Go to the previous pane", id="app.before"),
    ]
    AUTO_FOCUS = "#question"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it so that a ClassVar does not fit
        (0, "-slim"),
        (60, "-narrow"),
        (100, "-medium"),
        (130, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-high")]  # noqa: RUF012 - as above

    def __init__(self, controller: QuestionController) -> None:
        super().__init__()
        self._controller = controller
        self.header = MainHeader()
        self.documents = DocumentsPane()
        self.questions = QuestionsList()
        self.answers = AnswersPane()
        self.evidence = EvidenceStrip()
        self.page = SelectablePage(controller.changed_on_disk)
        self.panes = MainPanes(self.documents, self.questions, self.answers, self.evidence, self.page)
        self.sidebar = self.panes.sidebar
        self.line = QuestionLine(self.page)
        self.find_all = FindAll(self.page, lambda: self.documents.open_documents)
        self.question = self.line.question
        self._side_by_side = SideBySide(self, controller)
        self._location = 0
        """Which location of the selected answer the page shows: 0 is its own, 1 the first of the others."""
        self.return_from_visit: Callable[[], bool] = lambda: False  # To the screen from which a place was reached.
        self.footer = FittingFooter(show_command_palette=False)  # Its key would not fit into 80 columns.

    def compose(self) -> ComposeResult:
        """The panes, and below them the question and the keys."""
        yield self.header
        yield self.panes
        yield self.line
        yield self.footer

    def on_mount(self) -> None:
        """Show at once that documents are being opened."""
        self.update()
        self.evidence.show(None, 0)

    def on_paste(self, event: Paste) -> None:
        """Paste into the question input, or open pasted paths, wherever the focus is."""
        self.ask()
        self.question.on_paste(event)

    # --- questions ---

    @on(Input.Submitted, "#question")
    def _question_submitted(self, event: Input.Submitted) -> None:
        question = " ".join(event.value.split())
        if not question:
            self.notify("Type a question first.", markup=False)
            return
        self._controller.ask(question, self.documents.ticked)
        self.set_focus(self.answers.list)

    @on(OptionList.OptionHighlighted, "#questions")
    def _question_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_list.highlighted == event.option_index:
            self._controller.show(self._controller.session.asked[event.option_index])

    @on(OptionList.OptionSelected, "#questions")
    def _question_selected(self) -> None:
        if self.focused is self.questions:
            self.set_focus(self.answers.list)

    @on(AnswerSelected)
    def _answer_selected(self, message: AnswerSelected) -> None:
        shown = self._controller.shown
        self.show_answer(message.answer, shown.evidence if shown else {})
        self.footer.follow()

    def show_answer(self, answer: "Answer | None", evidence: "Mapping[str, DocumentEvidence]") -> None:
        """Show an answer in its document; without one, keep showing the same document."""
        self._location = 0
        document = answer.document if answer else self.page.document.name if self.page.document else ""
        self.evidence.show(evidence.get(document), answer.start if answer else self.page.reading_at)
        if answer is not None:
            shown = self._controller.shown
            claimed = shown is None or shown.claims(answer)
            self.page.show(self.document(answer.document), answer, claimed=claimed)
        else:
            self.page.show(self.page.document, None)
        self.documents.set_current(document)

    @on(DocumentsPane.DocumentChosen)
    def _document_chosen(self, message: DocumentsPane.DocumentChosen) -> None:
        """Show a document, at the selected answer if that is in it, else from the beginning."""
        scrolled = message.read and self.page.scroll_offset.y > 0
        if scrolled or message.document is not self.page.document:
            here = self.answers.selected_in(message.document.name)
            self.go_to(message.document, here.start if here and not message.read else 0)
        if message.read and self.focused is self.documents:  # Else a key that followed has moved it.
            self.set_focus(self.page)

    def go_to(self, document: "Document", offset: int) -> None:
        """Show a location in a document, with its evidence; `b` goes back."""
        self.page.go_to(document, offset)
        self._follow(offset)

    def _follow(self, offset: int) -> None:
        """Show the evidence of the document that is shown, and select its row."""
        document, asked = self.page.document, self.answers.asked
        if document is not None:
            self.evidence.show(asked.evidence.get(document.name) if asked else None, offset)
            self.documents.set_current(document.name)

    @on(AnswersPane.AnswerOpened)
    def _answer_opened(self, message: AnswersPane.AnswerOpened) -> None:
        """Go to the answer, and show the page if another pane is alone."""
        self._bring_into_view(message.answer)
        self.panes.reveal_page()

    def _bring_into_view(self, answer: "Answer") -> None:
        """Go to an answer, if it is no longer in view."""
        document = self.document(answer.document)
        if document is not None and not self.page.answer_in_view:
            self.go_to_place(document, answer)

    def move(self, step: int) -> None:
        """Select another answer; at the ends, show the selected one again if the user has scrolled away."""
        if not self.answers.move(step) and (selected := self.answers.selected) and self.panes.shows_page:
            self._bring_into_view(selected)

    def go_to_place(self, document: "Document", place: "Answer | Citation") -> bool:
        """Go to an answer or another location of it; return whether it is in the document as it is now."""
        if place.outdated:
            self.notify(f"{Path(document.name).name} has changed: this is no longer in it. Ask again.", markup=False)
        else:
            self.go_to(document, place.start)
            self.panes.reveal_page()
        return not place.outdated

    @on(ScreenSuspend)
    def _covered(self) -> None:
        """Have the app remove its notices, which would hide the keys of the other screen."""
        self.footer.say("")
        self.post_message(self.Covered())

    def document(self, name: str) -> "Document | None":
        """Return the document of this name, if it is open."""
        row = self.documents.rows.get(name)
        return row.document if row is not None else None

    def action_show_evidence(self) -> None:
        """Go to the evidence strip, or say why there is none."""
        if self.evidence.display:
            self.set_focus(self.evidence)
        else:
            again = "x searches again" if self._controller.can_read_all else "Ask again to see it"
            self.notify(f"The evidence of an earlier session isn't kept. {again}.", markup=False)

    @on(EvidenceStrip.WindowChosen)
    def _window_chosen(self, message: EvidenceStrip.WindowChosen) -> None:
        self.page.bring(message.offset)

    async def action_leave(self) -> None:
        """Quit, the second time: the key that closes every screen is easily pressed once too often."""
        if self.footer.said == _LEAVE:
            await self.app.action_quit()
        else:
            self.footer.say(_LEAVE)

    def ask(self) -> None:
        """Go to the question input."""
        self.line.ask()

    def action_find(self) -> None:
        """Find text in the document."""
        self.panes.reveal_page()
        self.line.find_text()

    @on(FindInput.AllRequested)
    def action_open_hits(self, _back: bool = False) -> None:
        """Find text in all documents, or go back to what was found."""
        self.find_all.open(self.app)

    def action_match(self, step: int) -> None:
        """Go to another match in the document."""
        self.panes.reveal_page()
        self.page.next_match(step)

    def action_select(self) -> None:
        """Select words on the page."""
        self.panes.reveal_page()
        if not self.line.select():
            self.notify("There is no text to select.", markup=False)

    @on(SelectablePage.SelectionChanged)
    def _selection_changed(self, message: SelectablePage.SelectionChanged) -> None:
        self.line.selection_changed(message)

    def action_go_to(self) -> None:
        """Go to a page or section of the document."""
        if (document := self.page.document) is not None:
            screen = ChooseScreen(
                "Go to",
                goto.hint(document),
                partial(goto.targets, document),
                nothing="No matching page or section.",
                first=goto.section_at(document, self.page.reading_at),
            )
            self.app.push_screen(screen, partial(self._go_to, document))

    def _go_to(self, document: "Document", offset: int | None) -> None:
        if offset is not None:
            self.page.go_to(document, offset, top=True)
            self.set_focus(self.page)

    def action_next_location(self) -> None:
        """Go to the next location of the selected answer; after the last, to its own."""
        selected = self.answers.selected
        if selected is not None and selected.other_locations:
            count = 1 + len(selected.other_locations)
            self._location = (self._location + 1) % count
            location = selected.other_locations[self._location - 1] if self._location else selected
            document = self.document(location.document)
            if document is not None and self.go_to_place(document, location):
                self.notify(f"{self._location + 1} of {count}: {cited(location)}", markup=False)

    def action_compare(self) -> None:
        """Show the best answer of each document side by side."""
        self._side_by_side.open()

    def action_go_back(self) -> None:
        """Go back to where you were in the document, or to the hits or the matrix."""
        if self.find_all.back_is_hits:
            self.action_open_hits()
        elif not self.return_from_visit():
            self.panes.reveal_page()
            self._follow(self.page.back())

    @work(thread=True, group="viewing")
    def action_view(self) -> None:
        """Open the document in the system's viewer, at the page of the selected answer."""
        document = self.page.document
        if document is None:
            return
        here = self.answers.selected_in(document.name)
        page = here.page if here is not None else None
        self._controller.loader.check_files()  # The viewer shows the file as it is now.
        try:
            external_viewer.view(self.app, document.name, page, self._controller.settings.viewer)
        except DocqaError as error:
            self._controller.warn(error)

    def action_pane(self, step: int) -> None:
        """Go to the next or previous pane."""
        self.panes.step(step, self.question)

    def action_unzoom(self) -> None:
        """Show all panes again."""
        self.panes.unzoom()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key does anything now; if not, the footer omits it."""
        if action == "find":  # A priority key would take its letter from any input.
            return self.page.document is not None and not isinstance(self.focused, Input)
        if action in {"go_to", "select", "view"}:
            return self.page.document is not None
        if action == "unzoom":
            asked = self._controller.shown  # Its status says that Esc cancels it.
            return self.panes.zoomed and not isinstance(self.focused, Input) and not (asked and asked.pending)
        if action == "match":
            return self.page.has_matches
        if action == "show_evidence":
            asked = self._controller.shown
            lost = asked and asked.result and not (asked.pending or asked.evidence or asked.result.withheld)
            return self.evidence.display or bool(lost)
        if action == "compare":
            return self._side_by_side.can_open
        if action == "go_back":
            return self.page.jumps > 0
        if action == "open_hits" and parameters:
            return self.find_all.at_hit
        if action == "next_location":
            return bool(self.answers.selected and self.answers.selected.other_locations)
        return True

    # --- what is shown ---

    def update(self, event: events.WorkerEvent | None = None) -> None:
        """Show the controller's state after `event`."""
        self.documents.update(event)
        if isinstance(event, events.AnswersEvent):
            if event.asked is self._controller.shown:
                self._show_answers()
            return
        match event:
            case events.OpeningProgressed() | events.ReadingOnProgressed() | events.ReadingOnEnded():
                self.show_header()
                return
            case events.QuestionAsked():
                self.find_all.leave()
                self.page.find("")
                self.question.remember(event.asked.question)
            case events.DocumentsClosed(replaced=True):
                self.page.show(None, None)
            case events.DocumentsRemoved():
                if self.page.document is not None and self.page.document.name in event.names:
                    self.page.show(next(iter(self.documents.open_documents), None), None)
            case events.DocumentsFound():
                self.question.recall_from(event.asked_before)
            case events.DocumentOpened() if self.page.document is not None:
                self.page.update_version(event.document)
                self.show_header()
                self._show_answers()
                return  # The rest stays, and sixty documents that are cached open at once.
            case events.DocumentOpened():  # It can be read before anything is asked.
                self.page.show(event.document, None)
                self.documents.set_current(event.document.name)
            case events.DocumentsOpened(cancelled=True):
                self.footer.say(f"Opening cancelled: {self.documents.listed.states}. Esc, then r opens the rest.")
        shown = self._controller.shown
        self.show_header()
        self.questions.show(self._controller.session.asked, shown)
        self.sidebar.set_class(shown is not None, "-asked")
        self._show_answers()
        self.footer.follow()

    def _show_answers(self) -> None:
        asked = self._controller.shown
        if asked is None:
            self.answers.show_hint(opening_hint(self._controller, self.documents.listed))
            return
        reader = asked.result.reader if asked.result else self._controller.reader
        documents = (document.name for document in self.documents.open_documents)
        self.answers.show(asked, reader, self._controller.waiting_for, documents)

    @on(DocumentsPane.TicksChanged)
    def show_header(self) -> None:
        """Show how many documents are open, which reader answers, and what goes on in the background."""
        now = self._controller
        self.header.show(
            self.documents.listed.summary(), now.reader, now.reading_on.progress, private=now.settings.private
        )
        self.question.show_asked(self.documents.ticked)
