"""`docqa text PATH...`: what docqa reads in documents, on stdout; warnings on stderr."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docqa.cli.arguments import add_format, add_password, document_help
from docqa.cli.commands import COMMANDS, add_command
from docqa.cli.reading import Reading
from docqa.cli.terminal import columns, in_colour, say, say_json
from docqa.errors import DocqaError, ExitCode
from docqa.page_ranges import PageRanges, no_such_page
from docqa.terminal_text import as_json

if TYPE_CHECKING:
    from docqa.documents import Document

_EXAMPLES = """\
examples:
  docqa text report.pdf                  the text as docqa reads it, page by page
  docqa text report.pdf --pages 3-9,12   some pages, counted from the first page of the file
  docqa text report.pdf --kinds          with the kind and the lines of each block in the margin
  docqa text report.pdf --markdown       headings, lists and tables as Markdown
  docqa text report.pdf --json           blocks with places and offsets, tables with rows and cells
  pandoc letter.docx -t plain | docqa text -
  cat notes.md | docqa text -            Markdown is told by its marks

exit codes: 0 success, 2 an error or an unreadable file, 130 interrupted
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "text",
        COMMANDS["text"].about,
        description="Print what docqa reads in documents: paragraphs, lists, tables, and what stands apart from the "
        "text (running heads, footnotes, labels of figures). No model is needed.",
        examples=_EXAMPLES,
        run=run,
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", help=f"{document_help()}, folder, or - for stdin")
    output = parser.add_mutually_exclusive_group()
    add_format(output, "json", "md")
    output.add_argument("--json", action="store_true", help="print JSON (docs/text.md)")
    output.add_argument("--markdown", dest="md", action="store_true", help="print Markdown")
    output.add_argument("-k", "--kinds", action="store_true", help="show the kind and the lines of each block")
    parser.add_argument("--pages", metavar="RANGE", help="only these pages, for example 3-9 or 1,4,7-")
    add_password(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="print no progress and no warnings")


def run(arguments: argparse.Namespace) -> int:
    """Read and print. A file that can't be read is reported, and the others are still printed."""
    ranges = None if arguments.pages is None else PageRanges(arguments.pages)
    from docqa.documents import parse_isolated

    reading = Reading(arguments.paths, arguments.password, quiet=arguments.quiet)
    facts = []
    printed = False
    for document in reading.documents(parse_isolated):
        try:
            pages = _pages(document, ranges)
        except DocqaError as error:
            reading.fail(error)
            continue
        if arguments.json:
            from docqa.document_text import as_dict

            facts.append(as_dict(document, pages))
            continue
        if len(reading.paths) > 1:
            say("\n" * printed + _title(document, arguments) + "\n")
        for line in _lines(document, pages, arguments):
            say(line)
        printed = True
    if facts:
        say_json(as_json(facts[0] if len(reading.paths) == 1 else facts, indent=2))
    return ExitCode.ERROR if reading.failed else ExitCode.ANSWERED


def _lines(document: "Document", pages: set[int] | None, arguments: argparse.Namespace) -> "Iterator[str]":
    from docqa import document_text, output

    if arguments.md:
        return document_text.as_markdown(document, pages)
    paint = output.painter(colour=in_colour())
    return document_text.as_text(document, pages, paint, columns(), kinds=arguments.kinds)


def _title(document: "Document", arguments: argparse.Namespace) -> str:
    """What stands above each of several documents: as with `head` and `tail`, or a comment."""
    from docqa.documents import display_name
    from docqa.github_markdown import comment

    name = display_name(document.name)
    return comment(name) if arguments.md else f"==> {name} <=="


def _pages(document: "Document", ranges: "PageRanges | None") -> set[int] | None:
    """The pages of a document that are in the ranges. Raises `DocqaError` if there are none."""
    if ranges is None:
        return None
    from docqa.documents import display_name

    pages = ranges.of(document.page_count)
    if not pages:
        raise no_such_page(display_name(document.name), document.page_count)
    return pages
