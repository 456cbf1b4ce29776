"""Damages files as transfers, editors and attackers do, the same way for the same seed (pure).

A parser meets most of its faults behind the compression: so half of the mutations of a PDF are made inside a stream
that is inflated, changed and deflated again.
"""

import re
import zlib
from collections.abc import Callable
from random import Random
from typing import NamedTuple

Change = Callable[[bytes, bytes, Random], bytes]
"""From a file, another one to take parts of, and a generator of random numbers to the changed file."""

_MOST_CHANGES = 4
_LARGEST = 16 * 1024**2  # Bytes of an inflated stream: mutations take as long as parses otherwise.
_WINDOW = 20_000  # Bytes in which a token is looked for.
_DEEP = 5_000

_NUMBERS = [
    *b"0 -1 1 2 255 65535 65536 2147483647 -2147483648 4294967295 9223372036854775807 99999999999999999999".split(),
    *b"0.00001 -0.5 1000000 1e9 1.7976931348623157e308 --5 . 00000000000000000000007".split(),
    *(b"7" * 5000, b"\xc2\xb2", b"\xd9\xa3"),
]
_STRINGS = (
    b"()",
    b"(\xfe\xff\xd8\x00)",  # A high surrogate alone; a low one; both the wrong way round; half a unit.
    b"(\xfe\xff\xdc\x00\x00a)",
    b"(\xfe\xff\x00a\xdc\x3d\xd8\x3d\x00b)",
    b"(\xfe\xff\x00a\x00)",
    b"(\xff\xfe\x00\xd8a)",
    b"(\xef\xbb\xbf\xed\xa0\x80)",
    b"(\xe2\x80\xae\x1b]0;x\x07\x00)",
    b"<D800>",
    b"<DC00D800>",
    b"<FFFE>",
    b"<110000>",
    b"<FFFFFFFF>",
    b"<0>",
    b"<00000000000000000000>",
    b"(" + b"x" * 3000 + b")",
    b"(" * 300 + b")" * 300,
)
_DELIMITERS = (b"(", b")", b"<<", b">>", b"<", b">", b"[", b"]", b"{", b"}", b"%", b"/", b"\n", b"\0")
_NESTED = (b"[", b"<<", b"<</A ", b"(", b"q ", b"BT ", b"{", b"BI ", b"/P <</MCID 0>> BDC ", b"[[]", b"<< /Kids [")
_CLASSES = {
    "number": (re.compile(rb"(?<![\w/.#])[-+]?\d+(?:\.\d*)?"), _NUMBERS),
    "name": (re.compile(rb"/[A-Za-z0-9.+_-]+"), [b"/", b"/Identity-H", b"/A#00", b"/" + b"N" * 300]),
    "reference": (re.compile(rb"\d+ \d+ R\b"), [b"0 0 R", b"99999999 0 R", b"1 65535 R", b"null", b"-1 0 R"]),
    "keyword": (re.compile(rb"(?<![/\w])[A-Za-z*'\"]+"), b"null true R endobj Q ET EI def".split()),
    "string": (re.compile(rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f\s]*>"), _STRINGS),
}  # fmt: skip
_ODD_TEXT = [
    *(b"\x00", b"\x1b[31m", b"\x1f", b"\x85", b"\xed\xa0\x80", b"\f", b"\v", b"\r", b"7" * 5000),
    *(b"```", b"|", b"#", b">", b"<!--", b"](", b"&#0;", b"&#xD800;", b"&#x110000;", b"{}", b'"', b",", b"\t", b"\\"),
    b'<td colspan="%s">' % (b"7" * 5000),
    *(each.encode() for each in "\u202e\ufeff\ufffe\U0010ffff\u0301\u200d\u2028﷽²"),
]

_STREAM = re.compile(rb"stream\r?\n")
_LENGTH = re.compile(rb"/Length \d+(?! \d+ R)")


class Mutation(NamedTuple):
    """A changed file, and the names of the changes that were made to it."""

    data: bytes
    changes: tuple[str, ...]


def mutate(data: bytes, other: bytes, random: Random) -> Mutation:
    """Change a file in one to four ways. `other`: a file of the same kind, parts of which may get into it."""
    is_pdf = data[:1024].lstrip().startswith(b"%PDF")
    changes: list[str] = []
    for _ in range(random.randint(1, _MOST_CHANGES)):
        if is_pdf and random.random() < 0.5:
            data, name = _inside_stream(data, other, random)
        else:
            data, name = _change(data, other, random, is_pdf)
        changes.append(name)
    return Mutation(data, tuple(changes))


def _change(data: bytes, other: bytes, random: Random, is_pdf: bool) -> tuple[bytes, str]:
    changes = _ANY | (_PDF if is_pdf else _TEXT)
    name = random.choice(list(changes))
    return changes[name](data, other, random), name


def _inside_stream(data: bytes, other: bytes, random: Random) -> tuple[bytes, str]:
    """Change what a compressed stream contains. Its offsets stay the same if that is no longer than it was."""
    found = _random_stream(data, random)
    if found is None:
        return _change(data, other, random, is_pdf=True)
    begin, end, content = found
    donor = _random_stream(other, random)
    content, name = _change(content, donor.content if donor else other, random, is_pdf=True)
    packed = zlib.compress(content, 9)
    if len(packed) <= end - begin:
        return data[:begin] + packed + b"\n" * (end - begin - len(packed)) + data[end:], f"{name} in a stream"
    head = data[:begin]
    *_, dictionary = re.split(rb"\bobj\b", head[-_WINDOW:])
    length = _LENGTH.sub(b"/Length %d" % len(packed), dictionary)
    return head[: len(head) - len(dictionary)] + length + packed + data[end:], f"{name} in a stream"


class _Stream(NamedTuple):
    begin: int
    end: int
    content: bytes


def _random_stream(data: bytes, random: Random) -> _Stream | None:
    """A deflated stream: where it begins and ends, and what it contains."""
    starts = [match.end() for match in _STREAM.finditer(data)]
    for begin in random.sample(starts, min(len(starts), 8)):
        end = data.find(b"endstream", begin)
        inflater = zlib.decompressobj()
        try:
            content = inflater.decompress(data[begin : max(begin, end)], _LARGEST)
        except zlib.error:
            continue
        if content:
            return _Stream(begin, end, content)
    return None


# Changes of bytes ---------------------------------------------------------------------------------


def _span(data: bytes, random: Random, longest: int = 2000) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + int(longest ** random.random()))


def _flip_bits(data: bytes, _: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _bit in range(random.randint(1, 16) if data else 0):
        changed[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut(data: bytes, _: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[end:]


def _zero(data: bytes, _: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + bytes(end - start) + data[end:]


def _duplicate(data: bytes, _: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:end] + data[start:end] * random.choice([1, 1, 2, 50]) + data[end:]


def _splice(data: bytes, other: bytes, random: Random) -> bytes:
    (start, end), (first, last) = _span(data, random), _span(other, random, 20_000)
    return data[:start] + other[first:last] + data[end:]


def _truncate(data: bytes, _: bytes, random: Random) -> bytes:
    return data[: int(len(data) * random.random() ** 0.3)]


def _as_utf8(data: bytes, _: bytes, random: Random) -> bytes:
    return data.decode(random.choice(["latin-1", "cp437"])).encode()


def _ascii_only(data: bytes, _: bytes, random: Random) -> bytes:
    return data.decode("ascii", "replace").encode() if random.random() < 0.5 else bytes(byte & 0x7F for byte in data)


def _line_ends(data: bytes, _: bytes, random: Random) -> bytes:
    unix = data.replace(b"\r\n", b"\n")
    return random.choice([unix, unix.replace(b"\n", b"\r\n"), unix.replace(b"\n", b"\r")])


# Changes of tokens --------------------------------------------------------------------------------


def _token(kind: str) -> Change:
    """Replaces some tokens of a kind by odd ones, or by others of the file or of the other file."""
    pattern, odd = _CLASSES[kind]

    def change(data: bytes, other: bytes, random: Random) -> bytes:
        start = random.randrange(max(1, len(data) - _WINDOW // 2))
        window = data[start : start + _WINDOW]
        tokens = [*pattern.finditer(window)]
        if not tokens:
            return data
        elsewhere = random.randrange(max(1, len(other) - _WINDOW // 2))
        donors = pattern.findall(other[elsewhere : elsewhere + _WINDOW])
        for token in sorted(
            random.sample(tokens, min(len(tokens), random.choice([1, 1, 3, 30]))), reverse=True, key=re.Match.start
        ):
            new = random.choice(random.choice([list(odd), donors or list(odd), [random.choice(tokens).group()]]))
            window = window[: token.start()] + new + window[token.end() :]
        return data[:start] + window + data[start + _WINDOW :]

    return change


def _insert(choices: tuple[bytes, ...] | list[bytes], most: int = 1) -> Change:
    def change(data: bytes, _: bytes, random: Random) -> bytes:
        start = random.randrange(len(data) + 1)
        return data[:start] + random.choice(choices) * random.choice([1, most]) + data[start:]

    return change


_ANY: dict[str, Change] = {
    "bits flipped": _flip_bits,
    "bytes cut": _cut,
    "bytes zeroed": _zero,
    "bytes duplicated": _duplicate,
    "spliced": _splice,
    "truncated": _truncate,
    "encoded as UTF-8": _as_utf8,
    "made ASCII": _ascii_only,
    "line ends": _line_ends,
}
_PDF: dict[str, Change] = {
    **{f"{kind}s": _token(kind) for kind in _CLASSES},
    # Twice as often: these are what a reader of PDFs interprets.
    **{f"more {kind}s": _token(kind) for kind in _CLASSES},
    "a delimiter": _insert(_DELIMITERS),
    "nested deeply": _insert(_NESTED, _DEEP),
}
_TEXT: dict[str, Change] = {
    "odd text": _insert(_ODD_TEXT, 1000),
    "nested deeply": _insert([b"> ", b"[", b"(", b"*", b"- ", b"<div>", b"{", b'{"a":', b"'\""], _DEEP),
    "numbers": _token("number"),
}
