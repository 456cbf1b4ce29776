"""The table of the matrix: questions stay at the left, documents scroll sideways."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.coordinate import Coordinate
from textual.message import Message
from textual.widgets import DataTable

from docqa.tui.state.matrix_cells import CellArea, MatrixCells
from docqa.tui.state.matrix_text import cell_lines, column_titles, question_lines, widths

_HEIGHT = 2  # Lines of a row.


class MatrixTable(DataTable[Text], inherit_bindings=False):
    """Shows `MatrixCells`, and keeps its area."""

    BINDING_GROUP_TITLE = "In the table of the matrix"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor_down", show=False, tooltip="Go to the next question", id="cells.down"),
        Binding("k,up", "cursor_up", show=False, tooltip="Go to the previous question", id="cells.up"),
        Binding("l,right", "cursor_right", show=False, tooltip="Go to the next document", id="cells.right"),
        Binding("h,left", "cursor_left", show=False, tooltip="Go to the previous document", id="cells.left"),
        Binding("pagedown", "page_down", show=False, tooltip="Go a page down", id="cells.page_down"),
        Binding("pageup", "page_up", show=False, tooltip="Go a page up", id="cells.page_up"),
        Binding("G", "scroll_bottom", show=False, tooltip="Go to the last question", id="cells.bottom"),
        Binding("g", "scroll_top", show=False, tooltip="Go to the first question", id="cells.top"),
        Binding("end", "last_document", show=False, tooltip="Go to the last document", id="cells.last"),
        Binding("home", "scroll_home", show=False, tooltip="Go to the question itself", id="cells.first"),
    ]

    class CellReached(Message):
        """The cursor is on another cell."""

    def __init__(self, cells: MatrixCells) -> None:
        super().__init__(cursor_type="cell", fixed_columns=1, zebra_stripes=False, cell_padding=1, id="cells")
        self._matrix = cells
        self._shape: tuple[tuple[str, ...], tuple[str, ...], int, int] = ((), (), 0, 0)
        """Questions, documents, and the widths of their columns, as they are drawn."""
        self._texts: dict[Coordinate, tuple[str, str]] = {}

    def on_mount(self) -> None:
        """Draw anew in another theme: cells have its colours."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.show(anew=True))

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self._row_render_cache.clear()
        self.show()

    def show(self, *, anew: bool = False) -> None:
        """Show the questions, the documents and what is known of the cells."""
        room = self.size.width - self.styles.scrollbar_size_vertical
        if room <= 0:
            return
        names = [document.name for document in self._matrix.documents]
        question, each = widths(room, len(names))
        shape = (tuple(self._matrix.questions), tuple(names), question, each)
        if anew or shape != self._shape:
            self._shape = shape
            self._fill(question, each, names)
        for row, cells in enumerate(self._matrix.rows()):
            for column, cell in enumerate(cells, 1):
                at, text = Coordinate(row, column), cell_lines(cell)
                if self._texts.get(at) != text:
                    self._texts[at] = text
                    self.update_cell_at(at, self._cell(*text))
        self._note_area()

    def _fill(self, question: int, each: int, names: list[str]) -> None:
        at = self.cursor_coordinate
        scrolled = self.scroll_offset
        self._texts.clear()
        with self.prevent(DataTable.CellHighlighted):
            self.clear(columns=True)
            self.add_column("Question", width=question)
            for title in column_titles(names, each):
                self.add_column(Text(title), width=each)
            empty = [Text("")] * len(names)
            for asked in self._matrix.questions:
                self.add_row(Text("\n".join(question_lines(asked, question)), end=""), *empty, height=_HEIGHT)
            if self._matrix.questions:
                row = min(at.row, len(self._matrix.questions) - 1)
                self.move_cursor(row=row, column=min(max(1, at.column), len(names)), animate=False, scroll=False)
        self.scroll_to(*scrolled, animate=False)
        self.post_message(self.CellReached())

    def _cell(self, answer: str, below: str) -> Text:
        style = "bold" if below[:1] in {"✓", "✎"} else ""
        muted = Style(color=self._muted().rich_color)
        return Text.assemble((answer, style), "\n", (below, muted), no_wrap=True, overflow="ellipsis", end="")

    def _muted(self) -> Color:
        variables = self.app.theme_variables
        return Color.parse(variables["background"]).blend(Color.parse(variables["foreground"]), 0.7)

    def action_last_document(self) -> None:
        """Go to the last document."""
        self.move_cursor(column=len(self._matrix.documents), animate=False)

    def go_to(self, row: int, column: int) -> None:
        """Go to a cell."""
        self.move_cursor(row=row, column=column + 1, animate=False)

    @property
    def place(self) -> tuple[int, int] | None:
        """Row and column of the cell under the cursor; the column is -1 on the question, None without questions."""
        row, column = self.cursor_coordinate
        return (row, column - 1) if row < len(self._matrix.questions) else None

    def on_data_table_cell_highlighted(self) -> None:
        """Tell that another cell is under the cursor."""
        self.post_message(self.CellReached())

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Note what is in view."""
        super().watch_scroll_x(old_value, new_value)
        self._row_render_cache.clear()
        self._note_area()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Note what is in view."""
        super().watch_scroll_y(old_value, new_value)
        self._note_area()

    def _render_cell(  # noqa: PLR0917 - as Textual has it
        self,
        row_index: int,
        column_index: int,
        base_style: Style,
        width: int,
        cursor: bool = False,
        hover: bool = False,
    ) -> list[list[Segment]]:
        # Textual's table draws all columns anew whenever a cell changes, and of sixty documents four are in view.
        if column_index > 0 and column_index - 1 not in self._columns_in_view:
            return [[Segment(" " * width, base_style)]] * _HEIGHT
        return super()._render_cell(row_index, column_index, base_style, width, cursor, hover)

    @property
    def _columns_in_view(self) -> range:
        """Those that may be: what is drawn last at the left and the right is cut off, or isn't seen."""
        pitch = self._shape[3] + 2 * self.cell_padding
        return range(int(self.scroll_x) // pitch, int(self.scroll_x + self.size.width) // pitch + 1)

    def _note_area(self) -> None:
        """Have the cells that are in view asked first."""
        _, _, question, each = self._shape
        pitch = each + 2 * self.cell_padding
        left, top = round(self.scroll_x), round(self.scroll_y)
        columns = max(1, (self.size.width - question - 2) // pitch)
        first = left // pitch
        rows = range(top // _HEIGHT, (top + self.size.height) // _HEIGHT)
        self._matrix.area = CellArea(rows, range(first, first + columns + bool(left % pitch)))
