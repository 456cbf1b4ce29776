"""The text of a Markdown line or paragraph as a reader sees it: no marks, link targets, tags or comments.

The positions of inline tokens are unknown. Only the numbers of their lines are needed; they are counted by the line
breaks among the tokens, or, where a code span or a link goes over a line's end, found by searching for the texts.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from docqa.documents.rendered_text import Piece

_REFERENCE = re.compile(r"\[\^[^\]\s]{1,100}\](?!\()")
_INLINE_NOTE = re.compile(r"\^\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]", re.DOTALL)
_ATTRIBUTES = re.compile(r"\{(?:[#.:][\w-]|[\w-]+=|-\})[^{}\n]*\}?")
_SPACES = re.compile(r"[ \t\n]+")
_TAG = re.compile(r"</?([A-Za-z][\w-]*)")
MAX_NESTING = 100
"""Lists, items and quotations inside each other: the parser passes over what is deeper, without a word."""
_SEARCHED = 4_000  # Characters of the source in which a token's text is searched.


def inline_parser() -> MarkdownIt:
    """A parser of CommonMark with GitHub's tables and strikethrough, and Pandoc's footnotes."""
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
    parser.inline.ruler.before("link", "footnote_reference", _footnote_reference)
    parser.inline.ruler.before("link", "inline_note", _inline_note)
    return parser


def _footnote_reference(state: StateInline, silent: bool) -> bool:
    match = _REFERENCE.match(state.src, state.pos) if state.src.startswith("[^", state.pos) else None
    if match is None:
        return False
    if not silent:
        state.push("footnote_reference", "", 0).content = match.group()
    state.pos = match.end()
    return True


def _inline_note(state: StateInline, silent: bool) -> bool:
    match = _INLINE_NOTE.match(state.src, state.pos) if state.src.startswith("^[", state.pos) else None
    if match is None:
        return False
    if not silent:
        state.push("inline_note", "", 0).content = match[1]
    state.pos = match.end()
    return True


class InlineText:
    """What an inline token says: the pieces of its text, and those of each note in it."""

    def __init__(self, parser: MarkdownIt, tokens: Sequence[Token], source: str, number: int) -> None:
        """`source` are the lines of the token, the first of which is line `number` of the file."""
        self.pieces: list[Piece] = []
        self.notes: list[list[Piece]] = []
        self._parser = parser
        self._source = source
        self._number = number
        self._cursor = 0
        self._space = False
        counted = sum(_newlines(token) for token in tokens)
        self._search = counted != source.count("\n")
        for before, token in zip([None, *tokens], tokens, strict=False):
            self._add(token, before)

    @property
    def text(self) -> str:
        """The text in one line."""
        return " ".join("".join(text for text, _ in self.pieces).split())

    def _add(self, token: Token, before: Token | None) -> None:
        match token.type:
            case "text" | "text_special":
                text = token.content
                if before is not None and before.type in {"link_close", "image", "code_inline", "em_close"}:
                    text = _ATTRIBUTES.sub("", text, count=1) if text.startswith("{") else text
                self._put(text)
            case "code_inline":
                self._put(token.content, code=True)
            case "softbreak":
                self._next_line()
                self._space = True
            case "hardbreak":
                self._end_line()
                self._next_line()
            case "html_inline":
                self._add_html(token.content)
            case "inline_note":
                children = self._parser.parseInline(token.content)[0].children or []
                note = InlineText(self._parser, children, token.content, self._number)
                self.notes.append(note.pieces)
                self._skip(token.content)
                if not self._search:
                    self._number += token.content.count("\n")
            case _:  # Marks around a text, and images.
                pass

    def _add_html(self, html: str) -> None:
        tag = _TAG.match(html)
        name = tag[1].lower() if tag else ""
        if name == "br":
            self._end_line()
        elif name == "sup" and not html.startswith("</") and self.pieces and self.pieces[-1][0][-1:].isalnum():
            self._space = True  # It would be another digit of a number.
        self._skip(html)
        if not self._search:
            self._number += html.count("\n")

    def _put(self, text: str, code: bool = False) -> None:
        if self._search:
            self._find(text, code)
        text = _SPACES.sub(" ", text)
        if self._space or not self.pieces or self.pieces[-1][0].endswith((" ", "\n")):
            text = text.lstrip(" ")
        if text:
            separated = self._space and self.pieces and self.pieces[-1][0] != "\n"
            self.pieces.append((f" {text}" if separated else text, self._number))
            self._space = False

    def _find(self, text: str, code: bool) -> None:
        end = self._cursor + len(text) + _SEARCHED
        if code:
            pattern = re.compile(r"[ \n]+".join(map(re.escape, text.split(" "))))
            found = pattern.search(self._source, self._cursor, end)
            at, after = found.span() if found else (-1, -1)
        else:
            at = self._source.find(text, self._cursor, end)
            after = at + len(text)
        if at >= 0:
            self._number += self._source.count("\n", self._cursor, at)
            # What follows begins after the text; the text itself is cited by its first line.
            self._cursor = at if "\n" in self._source[at:after] else after

    def _skip(self, text: str) -> None:
        if self._search:
            at = self._source.find(text, self._cursor, self._cursor + len(text) + _SEARCHED)
            if at >= 0:
                self._number += self._source.count("\n", self._cursor, at + len(text))
                self._cursor = at + len(text)

    def _next_line(self) -> None:
        if not self._search:
            self._number += 1
            return
        newline = self._source.find("\n", self._cursor)
        if newline >= 0:
            self._cursor = newline + 1
            self._number += 1

    def _end_line(self) -> None:
        self._space = False
        if self.pieces and self.pieces[-1][0] != "\n":
            text, number = self.pieces[-1]
            self.pieces[-1] = (text.rstrip(" ") or text, number)
            self.pieces.append(("\n", self._number))


def _newlines(token: Token) -> int:
    if token.type in {"softbreak", "hardbreak"}:
        return 1
    return token.content.count("\n") if token.type in {"html_inline", "inline_note"} else 0
