"""The matrix and the app's panes: a cell is opened in its document, and back leads to the cell."""

from functools import partial
from typing import TYPE_CHECKING

from docqa.tui.feedback_controller import FeedbackController
from docqa.tui.matrix_controller import MatrixController
from docqa.tui.screens.review import CellToOpen, MatrixScreen

if TYPE_CHECKING:
    from docqa.tui.app import DocqaApp
    from docqa.tui.state.session import AskedQuestion


class MatrixScreens:
    """Shows the matrix, which goes on when it is closed."""

    def __init__(self, app: "DocqaApp", feedback: FeedbackController, forbidden: frozenset[str]) -> None:
        """`forbidden` are actions that this page may not do."""
        self.controller = MatrixController(app, app.questions)
        self._app = app
        self._make_screen = partial(MatrixScreen, self.controller, feedback, app.questions.cited, forbidden=forbidden)

    def show(self, names: frozenset[str]) -> None:
        """Show the matrix of the documents with these names, all if there are none."""
        if not self._app.is_screen_installed("matrix"):
            self._app.install_screen(self._make_screen(), "matrix")
        self.controller.open(names)
        self._app.push_screen("matrix", self._visit)

    def update(self) -> None:
        """Go on after something that happened, and show it."""
        self.controller.advance()
        self.controller.on_change()

    def _visit(self, chosen: CellToOpen | None) -> None:
        """Show a cell in its document."""
        if chosen is None:
            return
        main, cell = self._app.main, chosen.cell
        main.find_all.leave()
        self._app.questions.versions.check_kept(cell)
        main.return_from_visit = partial(self._return, cell, main.page.jumps + 1)  # It is jumped to.
        self._app.questions.show(cell)
        main.set_focus(main.page)
        if chosen.selecting:
            main.action_select()

    def _return(self, cell: "AskedQuestion", jumps: int) -> bool:
        """Return from a cell to the matrix, unless the user has gone on from there."""
        here = self._app.questions.shown is cell and self._app.main.page.jumps <= jumps
        if here:
            self._app.main.return_from_visit = lambda: False
            self._app.action_matrix()
        return here
