"""Go to a page or a section of the document."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.fuzzy import Matcher
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from docqa.tui.text import MUTED, counted, flat

if TYPE_CHECKING:
    from docqa.documents import Document


class GoToScreen(ModalScreen[int | None]):
    """The sections as a list, narrowed by what is typed; a number or a page's own label is that page.

    Its result is the offset to go to, None where the person changed their mind.
    """

    BINDING_GROUP_TITLE = "While going to a page or section"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", tooltip="Stay where you were", id="goto.close"),
        Binding("down", "move(1)", show=False, tooltip="The section below", id="goto.next"),
        Binding("up", "move(-1)", show=False, tooltip="The section above", id="goto.previous"),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, document: "Document", offset: int) -> None:
        super().__init__()
        self._document = document
        self._offset = offset
        self._targets: list[int] = []

    def compose(self) -> ComposeResult:
        """A line to type on, and the sections."""
        with Vertical(id="goto") as box:
            box.border_title = Content("Go to")
            yield Input(placeholder=self._asks(), compact=True)
            yield OptionList(markup=False, compact=True)

    def _asks(self) -> str:
        pages, sections = self._document.page_count, len(self._document.sections)
        parts = [counted(pages, "page")] if pages else []
        parts += [counted(sections, "section")] if sections else []
        if not parts:
            parts = [counted(len(self._document.lines), "line")]
        return f"{', '.join(parts)}: type a number or a title"

    def on_mount(self) -> None:
        """Show all the sections, the one in view highlighted."""
        self._narrow("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._narrow(event.value.strip())

    def _narrow(self, typed: str) -> None:
        found = self._pages(typed) + self._sections(typed)
        self._targets = [target for _, target in found]
        sections = self.query_one(OptionList)
        sections.clear_options()
        sections.add_options([Option(content) for content, _ in found])
        if not found:
            sections.add_option(Option(Content.styled("No page or section is called so.", MUTED), disabled=True))
            return
        here = sum(target <= self._offset for target in self._targets) - 1 if not typed else 0
        sections.highlighted = max(0, here)

    def _pages(self, typed: str) -> list[tuple[Content, int]]:
        """The page, or in a text without pages the line, of a number; or the pages so labelled."""
        document = self._document
        lines = document.lines
        if not document.page_count:
            if typed.isdecimal() and 1 <= int(typed) <= len(lines):
                return [(Content(f"line {int(typed):,}"), int(lines.starts[int(typed) - 1]))]
            return []
        pages = [number for number, label in enumerate(document.page_labels, 1) if typed and label == typed]
        if typed.isdecimal() and 1 <= int(typed) <= document.page_count and int(typed) not in pages:
            pages.append(int(typed))
        found = []
        for page in pages:
            label = document.page_labels[page - 1]
            called = f"page {page:,}" + (f" ({flat(label)})" if label != str(page) else "")
            shown = document.page_lines(page)
            if shown:
                found.append((Content(called), shown[0].start))
        return found

    def _sections(self, typed: str) -> list[tuple[Content, int]]:
        matcher = Matcher(typed) if typed else None
        found = []
        for section in self._document.sections:
            title = flat(section.title)
            score = matcher.match(title) if matcher else 1.0
            if score <= 0:
                continue
            page = self._document.locate(section.start, section.start + 1).page
            indent = "  " * section.level if not typed else ""
            where = Content.styled(f"{page:>5}  " if page else "", MUTED)
            found.append((score, where + Content(indent + title), section.start))
        if matcher:
            found.sort(key=lambda one: -one[0])
        return [(content, start) for _, content, start in found]

    def action_move(self, step: int) -> None:
        """Highlight another section while typing."""
        sections = self.query_one(OptionList)
        (sections.action_cursor_down if step > 0 else sections.action_cursor_up)()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        highlighted = self.query_one(OptionList).highlighted
        self.dismiss(self._targets[highlighted] if self._targets and highlighted is not None else None)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._targets[event.option_index])
