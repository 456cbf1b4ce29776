"""A table of which one row is chosen: with vim's keys, columns that fit the room, and text that is nothing but text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from docqa.tui.formatting import flat


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table. A `width` of 0 takes its share of what the others leave.

    `least` is the room, in cells, below which the table goes without it.
    """

    title: str
    width: int = 0
    least: int = 0


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: its cells, one for each column, and a key that it is known by when the table is filled anew."""

    key: str
    cells: tuple[str, ...]


class DataRows(DataTable[Text], inherit_bindings=False):
    """Rows to choose from. Enter and the like are the screen's business."""

    BINDING_GROUP_TITLE = "In a table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor_down", "Down", show=False, tooltip="Choose the row below", id="table.next"),
        Binding("k,up", "cursor_up", "Up", show=False, tooltip="Choose the row above", id="table.previous"),
        Binding("G,end", "scroll_bottom", "Last", show=False, tooltip="Choose the last row", id="table.last"),
        Binding("home", "scroll_top", "First", show=False, tooltip="Choose the first row", id="table.first"),
    ]

    def __init__(self, columns: Sequence[TableColumn], *, wrap: bool = False) -> None:
        """`wrap`: a row is as high as its cells need; else each is cut to one line."""
        super().__init__(cursor_type="row", zebra_stripes=False)
        self._columns = columns
        self._wrap = wrap
        self._shown: Sequence[TableRow] = ()

    def show(self, rows: Sequence[TableRow], at: str | None = None) -> None:
        """Fill the table. The row with the key `at` is chosen, else the one that was, else one near it."""
        chosen = at or self.chosen
        self._shown = rows
        self._fill(chosen)

    @property
    def chosen(self) -> str | None:
        """The key of the row under the cursor; None where there are no rows."""
        return self._shown[self.cursor_row].key if self.cursor_row < len(self._shown) else None

    def on_resize(self) -> None:
        """Fit the columns anew."""
        self._fill(self.chosen)

    def _fill(self, chosen: str | None) -> None:
        room = self.scrollable_content_region.width
        if room <= 0:
            return
        numbers = [number for number, column in enumerate(self._columns) if room >= column.least]
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
