"""The panes of the main screen: side by side, or one of them alone."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.events import DescendantFocus
from textual.widget import Widget

if TYPE_CHECKING:
    from docqa.tui.widgets.answers_pane import AnswersPane
    from docqa.tui.widgets.documents_pane import DocumentsPane
    from docqa.tui.widgets.evidence_strip import EvidenceStrip
    from docqa.tui.widgets.page_view import PageView
    from docqa.tui.widgets.question_input import QuestionsList


class MainSidebar(Vertical):
    """The documents and the questions. On a narrow terminal it is hidden after the first question."""


class MainPanes(Container):
    """Documents and questions, answers, and the document. If one pane is alone, it is the one that has the focus.

    app.tcss lays them out by the terminal's width.
    """

    def __init__(
        self,
        documents: "DocumentsPane",
        questions: "QuestionsList",
        answers: "AnswersPane",
        evidence: "EvidenceStrip",
        page: "PageView",
    ) -> None:
        super().__init__(id="panes")
        self.sidebar = MainSidebar(documents, questions)
        self._reading = Vertical(evidence, page, id="document")
        self._beside = Container(answers, self._reading, id="main")
        self._answers, self._page = answers, page
        self._focus_of: dict[Widget, Widget] = {
            documents: documents,
            questions: questions,
            answers: answers.list,
            self._reading: page,
        }
        """The panes, and what has the focus in each."""
        self._alone: Widget | None = None
        self._with_sidebar: bool | None = None
        """Whether the user wants the documents and questions; None if that depends on the terminal's width."""

    def compose(self) -> ComposeResult:
        """The sidebar, and what is beside it."""
        yield self.sidebar
        yield self._beside

    @property
    def zoomed(self) -> bool:
        """Whether a pane is alone."""
        return self._alone is not None

    @property
    def shows_page(self) -> bool:
        """Whether no other pane is alone."""
        return self._alone in {None, self._reading}

    def toggle_zoom(self) -> None:
        """Show the pane with the focus alone (without one, the document), or all panes again."""
        if self.zoomed:
            self.unzoom()
        else:
            self._show(self._pane_of(self.screen.focused) or self._reading)

    def unzoom(self) -> None:
        """Show all panes again."""
        if self._alone is not None and self._alone.parent is self.sidebar:
            self._with_sidebar = True  # It has the focus.
        self._show(None)

    def show_sidebar(self, display: bool) -> None:
        """Show or hide the documents and questions, beside the other panes."""
        self._with_sidebar, self._alone = display, None
        self._arrange()

    def reveal_page(self) -> None:
        """If another pane is alone, show the document instead: something there is to be seen."""
        if not self.shows_page:
            self.screen.set_focus(self._page)
            self._show(self._reading)

    def leave_input(self) -> None:
        """Go to the pane that is alone, else to the answers."""
        self.screen.set_focus(self._focus_of[self._alone or self._answers])

    def step(self, step: int, question: Widget) -> None:
        """Go to the next (1) or previous (-1) pane, or to the question; if one is alone, also to those not shown."""
        if self._alone is None:
            if step > 0:
                self.screen.focus_next()
            else:
                self.screen.focus_previous()
            return
        stops = [*self._focus_of.values(), *([question] if question.display else [])]
        pane = self._pane_of(self.screen.focused)
        at = list(self._focus_of).index(pane) if pane is not None else len(stops) - 1
        self.screen.set_focus(stops[(at + step) % len(stops)])

    @on(DescendantFocus)
    def _focus_moved(self, event: DescendantFocus) -> None:
        """While a pane is alone, show the one that has the focus now instead."""
        pane = self._pane_of(event.widget)
        if self._alone is not None and pane is not None:
            self._show(pane)

    def _pane_of(self, widget: Widget | None) -> Widget | None:
        if widget is None:
            return None
        return next((pane for pane in self._focus_of if pane in widget.ancestors_with_self), None)

    def _show(self, pane: Widget | None) -> None:
        if pane is not self._alone:
            self._alone = pane
            self._arrange()

    def _arrange(self) -> None:
        alone = self._alone
        for pane in self._focus_of:
            pane.display = alone in {None, pane}
            pane.set_class(alone is pane, "-alone")
        aside = alone is not None and alone.parent is self.sidebar
        self._beside.display = not aside
        self.sidebar.set_class(aside, "-alone")
        with_sidebar = aside if alone is not None else self._with_sidebar
        self.sidebar.styles.display = None if with_sidebar is None else "block" if with_sidebar else "none"
        self.call_after_refresh(self._refit)
        self.screen.refresh_bindings()

    def _refit(self) -> None:
        # Textual sends no Resize to panes that a returning one pushes aside.
        self._answers.on_resize()
        self._page.on_resize()
