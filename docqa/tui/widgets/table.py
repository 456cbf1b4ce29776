"""A table with a row cursor, vim keys, columns that fit the width, and cells without markup."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from docqa.terminal_text import flat


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table. Columns of `width` 0 share the remaining width.

    `min_table_width` is the table width, in cells, below which the column is hidden.
    """

    title: str
    width: int = 0
    min_table_width: int = 0


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: one cell for each column, and a key that identifies it when the table is refilled."""

    key: str
    cells: tuple[str, ...]


class RowTable(DataTable[Text], inherit_bindings=False):
    """Rows to choose from. The screen handles Enter and other keys."""

    BINDING_GROUP_TITLE = "In a table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor_down", "Down", show=False, tooltip="Go to the next row", id="table.next"),
        Binding("k,up", "cursor_up", "Up", show=False, tooltip="Go to the previous row", id="table.previous"),
        Binding("G,end", "scroll_bottom", "Last", show=False, tooltip="Go to the last row", id="table.last"),
        Binding("home", "scroll_top", "First", show=False, tooltip="Go to the first row", id="table.first"),
    ]

    def __init__(self, columns: Sequence[TableColumn], *, wrap: bool = False) -> None:
        """With `wrap`, rows grow to fit their cells; without, each cell is cut to one line."""
        super().__init__(cursor_type="row", zebra_stripes=False)
        self._columns = columns
        self._wrap = wrap
        self._shown: Sequence[TableRow] = ()

    def show(self, rows: Sequence[TableRow], at: str | None = None) -> None:
        """Fill the table. The cursor goes to the row with the key `at`, else stays at its row or near it."""
        chosen = at or self.chosen
        self._shown = rows
        self._fill(chosen)

    @property
    def chosen(self) -> str | None:
        """The key of the row under the cursor; None if there are no rows."""
        return self._shown[self.cursor_row].key if self.cursor_row < len(self._shown) else None

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self._fill(self.chosen)

    def _fill(self, chosen: str | None) -> None:
        room = self.scrollable_content_region.width
        if room <= 0:
            return
        numbers = [number for number, column in enumerate(self._columns) if room >= column.min_table_width]
        columns = [self._columns[number] for number in numbers]
        pads = 2 * self.cell_padding * len(columns)
        left, sharing = room - pads - sum(column.width for column in columns), sum(not one.width for one in columns)
        before = self.cursor_row
        with self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            for column in columns:
                self.add_column(column.title, width=column.width or max(4, left // sharing))
            for row in self._shown:
                cells = [self._cell(row.cells[number]) for number in numbers]
                self.add_row(*cells, height=None if self._wrap else 1, key=row.key)
        if self._shown:
            keys = [row.key for row in self._shown]
            to = keys.index(chosen) if chosen in keys else min(before, len(keys) - 1)
            self.move_cursor(row=to, animate=False)
            self.post_message(
                DataTable.RowHighlighted(self, to, self.coordinate_to_cell_key(self.cursor_coordinate)[0])
            )

    def _cell(self, text: str) -> Text:
        return Text(flat(text), no_wrap=not self._wrap, overflow="fold" if self._wrap else "ellipsis", end="")
