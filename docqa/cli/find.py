"""`docqa find WORDS PATH...`: where documents have words, on stdout; warnings on stderr."""

import argparse
import sys
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from docqa.cli.arguments import (
    add_context,
    add_format,
    add_password,
    add_scope,
    add_setting,
    document_help,
    is_piped,
    refuse_together,
    settings,
)
from docqa.cli.commands import COMMANDS, add_command
from docqa.cli.terminal import columns, in_colour, note, progress_bar, report, say, say_json
from docqa.errors import DocqaError, ExitCode
from docqa.terminal_text import BOLD, END, as_json, flat

if TYPE_CHECKING:
    from docqa.documents import Document
    from docqa.text_matches import TextMatch

_Span = tuple[int, int]
_Part = tuple[_Span, Sequence[_Span]]  # A passage, and what was found in it.
_EXAMPLES = """\
examples:
  docqa find 'terminate agreement' contracts/    sentences with both words, also "terminated", "agreements"
  docqa find --exact 'force majeure' contracts/  the words as they are, one after the other
  docqa find '"force majeure"' contracts/        the same
  docqa find --regex '[A-Z]{2}-\\d{4}' manual.pdf
  docqa find warranty contracts/ -l              only the names of the documents
  docqa find fee contract.pdf --pages 3-9
  docqa find liability contracts/ -C 2           with two sentences before and after

exit codes: 0 found, 1 not found, 2 an error or an unreadable file, 130 interrupted
"""

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"  # Noncharacters: an inert text has none.
_INDENT = "  "
_NARROWEST = 20


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "find",
        COMMANDS["find"].about,
        description="Find words in documents, and print the sentences and rows of tables that have all of them, with "
        "page and line. No model is needed.",
        examples=_EXAMPLES,
        run=run,
    )
    parser.add_argument("words", metavar="WORDS", help="what to look for; in quotation marks, as it is")
    parser.add_argument("paths", metavar="PATH", nargs="*", help=f"{document_help()}, folder, or - for stdin")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("-x", "--exact", action="store_true", help="find the text as it is, not the forms of its words")
    how.add_argument("-e", "--regex", action="store_true", help="find what a regular expression matches")
    parser.add_argument("-i", "--ignore-case", action="store_true", help="let capitals not matter, also with -x and -e")
    parser.add_argument("-n", "--line-number", action="store_true", help="as grep has it: lines are always numbered")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("-l", "--files-with-matches", action="store_true", help="print only the names of documents")
    output.add_argument("-c", "--count", action="store_true", help="print how many sentences each document has")
    output.add_argument("--json", action="store_true", help="print JSON (docs/formats.md)")
    output.add_argument("--jsonl", action="store_true", help="print one line of JSON per match")
    add_format(output, "json", "jsonl")
    add_context(parser)
    add_scope(parser)
    add_password(parser)
    add_setting(parser, "cache")
    add_setting(parser, "private")
    parser.add_argument("-q", "--quiet", action="store_true", help="print no progress and no warnings")


def run(arguments: argparse.Namespace) -> int:
    """Find and print. A file that can't be read is reported, and the others are searched."""
    if arguments.context is not None:
        refuse_together("--context", {"--count": arguments.count, "--files-with-matches": arguments.files_with_matches})
    paths = arguments.paths or (["-"] if is_piped() else [])
    if not paths:
        raise DocqaError("no document given", "docqa find WORDS PATH..., words first")
    from docqa.scope import Scope
    from docqa.text_matches import TextQuery

    query = TextQuery(arguments.words, exact=arguments.exact, regex=arguments.regex, any_case=arguments.ignore_case)
    documents, failed = _read(arguments, paths)
    if not documents:
        return ExitCode.ERROR if failed else ExitCode.NOT_FOUND
    scope = Scope.matching(documents, arguments.within, arguments.pages)
    facts: list[dict[str, object]] = []
    found = 0
    for number, document in enumerate(documents):
        matches = [each for each in query.matches(document) if scope.contains(number, each.spans[0][0])]
        if arguments.jsonl:
            for match in matches:
                say_json(as_json(_as_dict(document, match, arguments.context)))
        elif arguments.json:
            facts += [_as_dict(document, match, arguments.context) for match in matches]
        elif matches:
            _print(arguments, document, matches, first=not found)
        found += len(matches)
    if arguments.json:
        say_json(as_json({"schema": "docqa.find/1", "query": arguments.words, "matches": facts}, indent=2))
    if failed:
        return ExitCode.ERROR
    return ExitCode.ANSWERED if found else ExitCode.NOT_FOUND


def _read(arguments: argparse.Namespace, paths: Sequence[str]) -> tuple[list["Document"], bool]:
    """The documents that can be read, and whether some can't."""
    from docqa import documents
    from docqa.array_store import ArrayStore
    from docqa.index_cache import parsed_document, remember_name

    store = ArrayStore.in_cache("index") if settings(arguments).remembers else ArrayStore(None)
    left_out: list[documents.LeftOut] = []
    read: list[Document] = []
    failed = False
    if "-" in paths and sys.stdin.isatty():
        note("docqa: reading the document from standard input; end it with Ctrl-D")
    for path in documents.expand(paths, left_out):
        try:
            if isinstance(path, DocqaError):
                raise path
            with progress_bar(quiet=arguments.quiet) as monitor:
                source = documents.read(path, arguments.password, monitor)
                document = parsed_document(store, source, monitor)
            if not document.encrypted:
                remember_name(store, source)
            read.append(document)
        except DocqaError as error:
            failed = True
            report(error)
    for folder, message in left_out:
        note(f"docqa: {folder}: {message}", quiet=arguments.quiet)
    for document in read:
        for warning in document.warnings:
            note(f"docqa: {documents.display_name(document.name)}: {warning}", quiet=arguments.quiet)
    return read, failed


def _print(arguments: argparse.Namespace, document: "Document", matches: "list[TextMatch]", *, first: bool) -> None:
    from docqa.documents import display_name

    name = display_name(document.name)
    if arguments.files_with_matches:
        say(name)
        return
    if arguments.count:
        say(f"{name}:{len(matches)}")
        return
    width = columns()
    groups = _groups(document, matches, arguments.context or 0)
    if width is None:  # As grep prints it, a line each.
        for number, group in enumerate(groups):
            if arguments.context and not (first and not number):
                say("--")
            for passage, spans in group:
                mark = ":" if spans else "-"
                place = _place(document, spans[0] if spans else passage)
                say(f"{name}{mark}{place}{mark} {_text(document, passage, spans, '', '')}")
        return
    before, after = (BOLD, END) if in_colour() else ("»", "«")
    say(("" if first else "\n") + (f"{BOLD}{name}{END}" if in_colour() else name))
    for group in groups:
        places = [_place(document, spans[0]) for _, spans in group if spans]
        begin = f"{_INDENT}{places[0]}  "
        room = max(_NARROWEST, width - len(begin))
        lines = [line for text in _paragraphs(document, group) for line in _wrapped(text, room)]
        shown = f"\n{' ' * len(begin)}".join(lines)
        say(begin + shown.replace(_OPEN, before).replace(_CLOSE, after))


def _paragraphs(document: "Document", group: "list[_Part]") -> "Iterator[str]":
    """The texts of a group: the sentences as one, each row of a table alone."""
    for _, parts in groupby(group, key=lambda part: document.table_at(part[0][0]) and part[0]):
        yield " ".join(_text(document, *part, _OPEN, _CLOSE) for part in parts)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _groups(document: "Document", matches: "list[TextMatch]", count: int) -> "list[list[_Part]]":
    """The matches with `count` sentences or rows around each; those that share some are together."""
    from docqa.surroundings import surroundings

    found = {match.passage: match.spans for match in matches}
    groups: list[list[_Part]] = []
    end = -1
    for match in matches:
        around = surroundings(document, match.passage, count)
        if around[0][0] > end or not groups:
            groups.append([])
        groups[-1] += [(each, found.get(each, ())) for each in around if each[0] >= end or not groups[-1]]
        end = max(end, around[-1][1])
    return groups


def _place(document: "Document", span: "_Span") -> str:
    """Page and line, or the line alone in a document without pages."""
    location = document.locate(*span)
    return f"{location.page}:{location.line_start}" if location.page else f"{location.line_start}"


def _text(document: "Document", passage: "_Span", spans: "Sequence[_Span]", before: str, after: str) -> str:
    """A passage on one line, what was found in it between `before` and `after`."""
    parts = []
    at, end = passage
    for first, last in spans:
        parts += [flat(document.text[at:first]), before, flat(document.text[first:last]), after]
        at = last
    return " ".join("".join([*parts, flat(document.text[at : max(at, end)])]).split())


def _as_dict(document: "Document", match: "TextMatch", count: int | None) -> dict[str, object]:
    """The match as JSON, documented in docs/formats.md."""
    from docqa.surroundings import surroundings

    location = document.locate(*match.spans[0])
    around = surroundings(document, match.passage, count or 0)
    start, end = around[0][0], around[-1][1]
    return {
        "document": document.name,
        "page": location.page,
        "page_label": location.page_label,
        "section": location.section,
        "line": location.line_start,
        "passage": document.text[start:end],
        "passage_start": start,
        "spans": [list(span) for span in match.spans],
    }
