"""What copying and downloading do to a PDF: its end is missing, or a program took its bytes for text (pure).

A PDF reader makes the best of what is left, and shows a page of which nothing is left as a blank one. A user shall know
that the rest is missing.
"""

import re
import zlib
from typing import Literal

Damage = Literal["", "cut", "text", "parts"]
"""Nothing that can be told; the end is missing; the bytes were converted as if they were text; what is compressed
can't be read."""

_TAIL = 2048  # Bytes: readers look for the end in the last 1,024, and some programs add a few of their own.
_PADDING = b"\0\t\n\f\r "

_DEFLATED = re.compile(rb"/Filter\s*\[?\s*/(?:FlateDecode|Fl)\b")
_NO_TEXT = re.compile(rb"/Subtype\s*/(?:Image|Type1C|CIDFontType0C|OpenType)\b|/Length1\b")  # Images and fonts.
_DICTIONARY = 600  # Bytes before a stream, in which its filter is named.
_TELLING = 4000  # Bytes: a smaller file may have no byte of a kind by chance.
_HEADER = 2  # Bytes of a deflated stream.
_MAX_INFLATED = 64 * 1024**2  # Bytes, of all streams: this is for speed.
_MAX_STREAM = 4 * 1024**2  # Bytes of one stream.


def damage_of(data: bytes) -> Damage:
    """What happened to a file. It takes a hundredth of the time in which the file is read."""
    tail = data[-_TAIL - 16 * 1024 :].rstrip(_PADDING)[-_TAIL:]
    if b"%%EOF" not in tail and b"startxref" not in tail:
        return "cut"
    if b"/Encrypt" in data:  # Random bytes are never UTF-8.
        return "text" if not data.isascii() and _is_utf_8(data) else ""
    if not _has_broken_streams(data):
        return ""
    return "text" if _may_be_converted(data) else "parts"


def _may_be_converted(data: bytes) -> bool:
    """Whether a file has only bytes that a text has: UTF-8 or ASCII, or line ends of one kind."""
    if len(data) < _TELLING:
        return False
    newlines, returns = data.count(b"\n"), data.count(b"\r")
    return not returns or not newlines or newlines == data.count(b"\r\n") or _is_utf_8(data)


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _has_broken_streams(data: bytes) -> bool:
    """Whether any of the streams that may have text, and that only deflate was applied to, can't be inflated."""
    left, end = _MAX_INFLATED, 0
    while left > 0 and (keyword := data.find(b"stream", end)) >= 0:
        begin = keyword + len(b"stream")
        stop = data.find(b"endstream", begin)
        if stop < 0:
            break
        end = stop + len(b"endstream")
        dictionary = data[max(0, keyword - _DICTIONARY) : keyword].rpartition(b"obj")[2]
        if not _DEFLATED.search(dictionary) or _NO_TEXT.search(dictionary):
            continue
        begin += 2 if data[begin : begin + 2] == b"\r\n" else 1
        if stop - begin <= _HEADER + 2:
            continue  # Empty, but for a line end.
        header = int.from_bytes(data[begin : begin + _HEADER], "big")
        try:
            # Without the checksum at the end, which some programs get wrong.
            inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            left -= len(inflater.decompress(memoryview(data)[begin + _HEADER : stop], _MAX_STREAM))
        except zlib.error:
            return True
        if header % 31 or header >> 8 & 15 != zlib.DEFLATED:
            return True
    return False
