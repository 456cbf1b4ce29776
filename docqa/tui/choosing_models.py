"""The readers and encoders on this machine, to choose from."""

from textual.content import Content

from docqa import models
from docqa.models import Kind
from docqa.tui.choosing import Choice, matching
from docqa.tui.text import MUTED, flat

_MEGABYTE = 1_000_000


def choices(typed: str, used: "dict[Kind, str]") -> list[Choice[tuple[Kind, str]]]:
    """The models that fit what is typed; `used` are the names of those that answer now."""
    named = []
    for model in models.installed():
        mark = "✓" if used.get(model.kind) == model.name else " "
        about = f"  {model.kind}, {model.source}, {model.size / _MEGABYTE:.0f} MB"
        content = Content(f"{mark} {flat(model.name)}") + Content.styled(about, MUTED)
        named.append((model.name, (content, (model.kind, model.name))))
    return matching(typed, named)
