"""Texts and names that somebody sent to do harm on a terminal, and what a terminal must never receive of them."""

import os
import re
import unicodedata
from pathlib import Path

PAYLOADS = {
    "colour": "\x1b[5;31;6m",
    "window title": "\x1b]0;own\x07",
    "hyperlink": "\x1b]8;;http://evil.example\x1b\\",
    "clipboard": "\x1b]52;c;b3duZWQ=\x07",
    "cursor report": "\x1b[6n",
    "device control": "\x1bP1$r own\x1b\\",
    "C1": "\x9b5;31;6m\x9d0;own\x9c\x90own\x9c\x84",
    "C0": "\x01\x07\x08\x0e\x1a\x1c\x1f\x7f",
    "overwriting": "kept\rgone\x0b\x0cbelow",
    "overrides": "\u202d\u202efdp.exe\u202c",
    "embeddings": "\u202aleft\u202bright\u202c",
    "isolates": "\u2066left\u2067right\u2068first\u2069",
    "marks": "a\u200eb\u200fc\u061cd",
    "zero width": "a\u200bb\u200cc\u200dd\u2060e\ufefff\u180eg\u2062h\u00adi",
    "tags": "a\U000e0001\U000e0041\U000e007f",
    "separators": "a\u2028b\u2029c\x85d",
    "selectors": "x\ufe0f\ufe0f\U000e0101\U000e0102",
    "fillers": "a\u3164b\uffa0c\u034fd\u115fe",
    "annotation": "a\ufff9b\ufffac\ufffb",
    "noncharacters": "a\ufdd0b\ufdd1c\ufffed\U0001fffee",
    "markup": "[bold red][/][link=http://evil.example][@click=app.bell]x[/link] {task} $MARSH \\[b",
}

LEGIBLE = {
    "combining marks": "re\u0301sume\u0301 Vie\u0323\u0302t",
    "emoji": "\U0001f469\u200d\U0001f680 \u2764\ufe0f \U0001f44d\U0001f3fd \U0001f3f3\ufe0f\u200d\U0001f308",
    "flag of Wales": "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
    "Persian": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "Hindi": "\u0915\u094d\u200d\u0937",
    "Hebrew": "\u05e9\u05dc\u05d5\u05dd\u200f! C++\u200e \u05d4\u05d9\u05d0",
    "Arabic": "\u0645\u0631\u062d\u0628\u0627\u060c \u0639\u0627\u0644\u0645\u061f",
    "Thai": "\u0e20\u0e32\u0e29\u0e32\u200b\u0e44\u0e17\u0e22",
    "Japanese": "\u845b\U000e0100\u98fe",
}
"""Texts that have to stay as they are, for those who write them."""

NOT_UTF8 = b"caf\xe9 \xff.txt"

_SHOWS_NOTHING = re.compile("[\u00ad\u034f\u115f\u3164\uffa0\ufdd0-\ufdef]|.[\ufe0f\U000e0100-\U000e01ef]{2}")
_CSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_OWN_OSC = re.compile(r"\x1b\](?:52;c;[A-Za-z0-9+/=]*|22;\w+)(?:\x07|\x1b\\)")  # Copying, and the pointer's shape.


def text() -> str:
    """A document with all payloads, each in an answer and around it."""
    lines = ["The keeper of Harrow Point is Tobias Wren."]
    lines += [f"The {name.lower()} officer is Leo{payload}nora Vance, {payload}." for name, payload in PAYLOADS.items()]
    return "\n\n".join(lines) + "\n"


def write_folder(folder: Path) -> None:
    """Write documents with hostile texts and names, the last of them with a name that is not UTF-8, and empty ones."""
    folder.mkdir()
    for number, (name, payload) in enumerate(PAYLOADS.items()):
        file = folder / f"{number:02} {payload.replace('/', '')}.txt"
        file.write_text(f"The {name} officer is Leo{payload}nora Vance.\n" if number % 4 else "", encoding="utf-8")
    (folder / "line\nend\ttab.md").write_text(f"# Staff {PAYLOADS['colour']}\n\n{text()}", encoding="utf-8")
    not_utf8 = folder / os.fsdecode(NOT_UTF8)
    not_utf8.write_text("The cook is Clara Holm.\n", encoding="utf-8")


def offences(received: bytes, *, drawn: bool = False) -> list[str]:
    """What of the payloads reached a terminal. What is `drawn` has control sequences of the program itself."""
    sequences = [payload.encode() for payload in PAYLOADS.values() if payload[0] == "\x1b"]
    found = [repr(sequence) for sequence in sequences if sequence in received]
    shown = received.decode("utf-8", "surrogateescape")
    if drawn:
        shown = re.sub(r"\x1b[=>78M]|\x1b[()][0AB]|[\x0e\x0f]", "", _CSI.sub("", _OWN_OSC.sub("", shown)))
    for legible in LEGIBLE.values():
        shown = shown.replace(legible, "")
    found += [
        f"U+{ord(character):04X} in {shown[max(0, at - 20) : at + 20]!r}"
        for at, character in enumerate(shown)
        if character not in "\n\r\t" and unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]
    return found + [repr(match[0]) for match in _SHOWS_NOTHING.finditer(shown)]
