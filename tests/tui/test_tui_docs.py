"""What the documentation says of the app is what the app does."""

from pathlib import Path

from docqa.tui.key_reference import page

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_page_of_keys_is_that_of_the_bindings() -> None:
    assert (DOCS / "keys.md").read_text(encoding="utf-8") == page(), "make keys writes it anew"
