"""The readers and encoders on this machine, to choose from."""

from collections.abc import Mapping

from textual.content import Content

from docqa import models
from docqa.models import Kind
from docqa.tui.choosing import Choice
from docqa.tui.text import MUTED, flat


def listed(used: Mapping[Kind, str]) -> list[tuple[str, Choice[tuple[Kind, str]]]]:
    """Every model, named, as a choice; `used` are the names of those that answer now. It reads the disk."""
    named = []
    for model in models.installed():
        mark = "✓" if used.get(model.kind) == model.name else " "
        about = f"  {model.kind}, {model.source}, {model.size / 1e6:.0f} MB"
        content = Content(f"{mark} {flat(model.name)}") + Content.styled(about, MUTED)
        named.append((model.name, (content, (model.kind, model.name))))
    return named
