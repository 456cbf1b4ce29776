"""Ask your own documents a question. Answers are verbatim, with page and line. Works offline.

import docqa

report = docqa.open("report.pdf")
for answer in report.ask("Who wrote it?").answers:
    print(answer.text, answer.page, answer.probability)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from docqa.answers import Alternative, Answer, Citation, DocumentWarning, Result, Withheld
    from docqa.collection import Collection
    from docqa.config import Settings
    from docqa.documents import Block, Cell, Document, Table
    from docqa.engine import Engine, open
    from docqa.errors import DocqaError
    from docqa.progress import Cancelled, Monitor, Progress
    from docqa.scope import Scope
    from docqa.table_passages import TablePassage

# Imported on first use, so that `import docqa` and `docqa --help` are fast.
_PUBLIC = {
    "Alternative": "docqa.answers",
    "Answer": "docqa.answers",
    "Block": "docqa.documents",
    "Cancelled": "docqa.progress",
    "Cell": "docqa.documents",
    "Citation": "docqa.answers",
    "Collection": "docqa.collection",
    "Document": "docqa.documents",
    "DocqaError": "docqa.errors",
    "DocumentWarning": "docqa.answers",
    "Engine": "docqa.engine",
    "Monitor": "docqa.progress",
    "Progress": "docqa.progress",
    "Result": "docqa.answers",
    "Scope": "docqa.scope",
    "Settings": "docqa.config",
    "Table": "docqa.documents",
    "TablePassage": "docqa.table_passages",
    "Withheld": "docqa.answers",
    "open": "docqa.engine",
}

__all__ = [
    "Alternative",
    "Answer",
    "Block",
    "Cancelled",
    "Cell",
    "Citation",
    "Collection",
    "DocqaError",
    "Document",
    "DocumentWarning",
    "Engine",
    "Monitor",
    "Progress",
    "Result",
    "Scope",
    "Settings",
    "Table",
    "TablePassage",
    "Withheld",
    "__version__",
    "open",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'docqa' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
