"""Whether a text without a suffix, such as a pipe's, is Markdown: by marks that plain text seldom has (pure)."""

import re
from itertools import pairwise

_SAMPLE = 200_000
"""Bytes that are looked at."""
_ENOUGH = 2
"""Points from which on a text is Markdown. One kind of mark alone may be a habit of its author's."""
_LONGEST_LINE = 10_000
"""Characters. Longer ones are not looked at."""

_SETTING = re.compile(r"[\w\"'.-]{1,80}[ \t]*:|[ \t#-]|$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[^`]*$")
_HEADING = re.compile(r"(#{1,6})[ \t]+\S")
_LINK = re.compile(r"\[[^\[\]]{1,200}\]\([^\s()]{1,500}(?:[ \t]+[\"'][^\"']{0,200}[\"'])?\)")
_LINK_TARGET = re.compile(r" {0,3}\[[^\[\]]{1,200}\]:[ \t]{0,9}\S+[/.#]\S")
_TABLE = re.compile(r" {0,3}\|?(?: ?:?-{2,}:? ?\|)+(?: ?:?-{2,}:?)? *")
_STRONG = re.compile(r"(?<![\w*])\*\*[^\s*](?:[^*]{0,200}[^\s*])?\*\*(?![\w*])")


def looks_like_markdown(data: bytes) -> bool:
    """Whether bytes have two kinds of marks that Markdown has, or one of them often."""
    lines = data[:_SAMPLE].decode("utf-8-sig", "ignore").split("\n")
    lines = [line.rstrip("\r") for line in lines if len(line) < _LONGEST_LINE]
    if not lines or lines[0].startswith("#!"):
        return False
    front_matter = _front_matter(lines)
    text = _without_code(lines[front_matter:])
    links = sum(len(_LINK.findall(line)) + bool(_LINK_TARGET.match(line)) for line in text)
    points = bool(front_matter) + (len(text) < len(lines) - front_matter) + _headings(text)
    points += any(map(_TABLE.fullmatch, text))
    points += min(_ENOUGH, links)
    points += sum(len(_STRONG.findall(line)) for line in text) >= _ENOUGH
    return points >= _ENOUGH


def _front_matter(lines: list[str]) -> int:
    """How many lines front matter has, 0 without any."""
    if lines[0].rstrip() != "---":
        return 0
    last = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    return last + 1 if last > 1 and all(map(_SETTING.match, lines[1:last])) else 0


def _without_code(lines: list[str]) -> list[str]:
    """The lines but those in fences and the fences, if all of these are closed."""
    kept: list[str] = []
    fence = ""
    for line in lines:
        if fence:
            fence = "" if line.strip().startswith(fence) and not line.strip(" `~") else fence
        elif found := _FENCE.match(line):
            fence = found[1]
        else:
            kept.append(line)
    return lines if fence else kept


def _headings(lines: list[str]) -> int:
    """Points for headings: more if they have several levels, none if lines with hashes follow each other: comments."""
    if any(above.startswith("#") and line.startswith("#") for above, line in pairwise(lines)):
        return 0
    return min(_ENOUGH, len({len(found[1]) for line in lines if (found := _HEADING.match(line))}))
