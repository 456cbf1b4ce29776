r"""What is inert on a terminal, and what is shown in place of what is not (pure). All text that leaves docqa comes by.

Inert is what only shows itself: letters of any script with their marks, spaces, symbols, emoji. Not inert are control
characters, which act on a terminal; bidirectional controls, which show text in another order than it has; and what
shows nothing at all (Unicode's Default_Ignorable_Code_Point), which makes two texts look alike. In running text
U+FFFD stands for each of them, one for one, so that offsets stay. Names, messages and settings have them escaped
(`\x1b`, `\u202e`), because there the user needs to know which character it is. JSON keeps them as JSON's escapes.

Some that show nothing are needed by those who write with them, and are kept where they do their work: joiners between
emoji and in scripts whose letters join, one variation selector after a character, the flags of England, Scotland and
Wales, and directional marks beside letters that are written from right to left.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

BOLD, DIM, END = "\x1b[1m", "\x1b[2m", "\x1b[0m"
"""The only control sequences that docqa itself writes to stdout."""

_EMOJI = "\u203c\u2049\u2100-\u3163\u3165-\u3299\U0001f000-\U0001faff\ufe0f"
_ARABIC_FORMS = "\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
# Arabic, Syriac, the scripts of India and Southeast Asia, Mongolian, and what Unicode added to them later.
_JOINING = (
    f"\u0600-\u061b\u061d-\u115e\u1161-\u17b3\u17b6-\u180a\u1810-\u1cff\ua800-\uabff{_ARABIC_FORMS}"
    "\U00010a00-\U00011fff\U0001e900-\U0001e95f"
)
_RIGHT_TO_LEFT = f"\u0590-\u061b\u061d-\u08ff\ufb1d-\ufb4f{_ARABIC_FORMS}\U00010800-\U00010fff\U0001e800-\U0001efff"
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_MARKS = "\u061c\u200e\u200f"
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"  # Not tab and newline: they are the layout's.

# England, Scotland and Wales: the flags that Unicode recommends are written with tags.
_FLAGS = "|".join(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in f"gb{land}\x7f") for land in ("eng", "sct", "wls")
)
_SUSPECT = f"{_FLAGS}|[{_CONTROLS}{_INVISIBLE}{_NONCHARACTERS}]"
_NEEDED = "|".join(
    [
        "\U0001f3f4",
        f"(?<=[{_EMOJI}])\u200d(?=[{_EMOJI}])",
        f"(?<=[{_JOINING}])[\u034f\u17b4\u17b5\u180e\u200b-\u200d]",
        "(?<=[\u0300-\u036f\u0591-\u05c7])\u034f",
        f"(?<=[^\x00-\x20\x7f-\xa0\u2028\u2029{_SELECTORS}])[{_SELECTORS}]",
        "\u115f(?=[\u1160-\u11a7])|(?<=[\u1100-\u115f])\u1160",
    ]
)
_BESIDE = f"(?<=[{_RIGHT_TO_LEFT}])[{_MARKS}]|(?<=[{_RIGHT_TO_LEFT}].)[{_MARKS}]|[{_MARKS}](?=.?[{_RIGHT_TO_LEFT}])"

_ORDINARY = re.compile(r"[\t\n -~]*")
_SPACE = re.compile(r"\s")
_STYLES = re.compile(f"({'|'.join(map(re.escape, (BOLD, DIM, END)))})")

_INSTEAD = dict.fromkeys("\x0b\x0c\r\x85\u2028\u2029", " ") | {"\u00ad": "-"}


def plain(text: str) -> str:
    """Running text made inert. The length stays the same, so offsets remain valid; tabs and newlines stay too.

    Line and page ends of other kinds become spaces, a soft hyphen the hyphen that some terminals draw, the rest U+FFFD.
    """
    return _replaced(text, f"{_NEEDED}|{_BESIDE}", lambda character: _INSTEAD.get(character, "\ufffd"))


def flat(text: str) -> str:
    """Like `plain`, on one line. The length stays the same."""
    return _SPACE.sub(" ", plain(text))


def one_line(text: str) -> str:
    """Like `plain`, with all white space as single spaces."""
    return " ".join(plain(text).split())


def visible(name: str) -> str:
    r"""A name or sentence, what is not inert escaped: `\x1b`, `\n`, `\u202e`, or `\xff` for a byte that isn't UTF-8."""
    return visible_lines(name).replace("\t", r"\t").replace("\n", r"\n")


def visible_lines(text: str) -> str:
    """Like `visible`, with the tabs and line ends of a message."""
    return _replaced(text, _NEEDED, _escape)


def painted(text: str) -> str:
    """Like `plain`, with docqa's own colours."""
    if "\x1b" not in text:
        return plain(text)
    return "".join(part if number % 2 else plain(part) for number, part in enumerate(_STYLES.split(text)))


def as_json(value: Any, *, indent: int | None = None) -> str:
    """JSON whose text is inert; what it stands for is unchanged."""
    import json  # `docqa --help` waits for the imports of this module.

    return _replaced(json.dumps(value, indent=indent, ensure_ascii=False), _NEEDED, _json_escape)


def ascii_json(text: str) -> str:
    """JSON without the letters that an encoding may lack."""
    return re.sub(r"[^\x00-\x7f]", lambda found: _json_escape(found[0]), text)


def _replaced(text: str, kept: str, instead: Callable[[str], str]) -> str:
    """Replace what is not inert, unless `kept` matches there."""
    if _ORDINARY.fullmatch(text):
        return text
    needed = _compiled(kept)
    return _compiled(_SUSPECT).sub(
        lambda found: found[0] if needed.match(text, found.start()) else instead(found[0]), text
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Not at import: these sets of characters take milliseconds, and most messages are ASCII.
    return re.compile(pattern)


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # A byte of a name that is not UTF-8 (PEP 383).
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return r"\r" if character == "\r" else f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(character: str) -> str:
    code = ord(character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
