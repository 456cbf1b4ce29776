"""Reading documents one after the other: what can't be read is reported, and the others are read."""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from docqa.cli.terminal import note, progress_bar, report
from docqa.errors import DocqaError

if TYPE_CHECKING:
    from docqa.documents import Document, Source
    from docqa.progress import Monitor


class Reading:
    """The files and folders of a command. `failed` is whether one couldn't be read."""

    def __init__(self, paths: Sequence[str], password: str | None, *, quiet: bool) -> None:
        """Look into the folders, and say what of them is left out."""
        from docqa import documents

        if "-" in paths and sys.stdin.isatty():
            note("docqa: reading the document from standard input; end it with Ctrl-D")
        left_out: list[documents.LeftOut] = []
        self.paths = list(documents.expand(paths, left_out))
        self.failed = False
        self._password = password
        self._quiet = quiet
        for folder, message in left_out:
            note(f"docqa: {folder}: {message}", quiet=quiet)

    def documents(self, parsed: "Callable[[Source, Monitor], Document]") -> "Iterator[Document]":
        """Read and parse each; its warnings are said."""
        from docqa import documents

        for path in self.paths:
            try:
                if isinstance(path, DocqaError):
                    raise path
                with progress_bar(quiet=self._quiet) as monitor:
                    document = parsed(documents.read(path, self._password, monitor), monitor)
            except DocqaError as error:
                self.fail(error)
                continue
            for warning in document.warnings:
                note(f"docqa: {documents.display_name(document.name)}: {warning}", quiet=self._quiet)
            yield document

    def fail(self, error: DocqaError) -> None:
        """Report what is wrong with a document."""
        self.failed = True
        report(error)
