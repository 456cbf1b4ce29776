"""Open a file of pairs as text."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from docqa.errors import DocqaError, not_found

FORMATS = "docqa reads SQuAD JSON, a JSON list, JSONL, CSV and TSV; docs/formats.md has an example of each"
"""The hint for a file in another format."""

_CHUNK = 1 << 16
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@contextmanager
def open_text(path: str | Path) -> Iterator[TextIO]:
    """Open a text file in the encoding of its byte order mark, by default UTF-8. Raises `DocqaError`."""
    file = Path(path)
    try:
        with file.open("rb") as binary:
            head = binary.read(3)
        encoding = next((name for bom, name in _BOMS.items() if head.startswith(bom)), "utf-8")
        with file.open(encoding=encoding, newline="") as text:
            yield text
    except UnicodeDecodeError as error:
        raise DocqaError(
            f"{path}, line {_undecodable_line(file, encoding)}: "
            f"expected {encoding.removesuffix('-sig').upper()}, found the byte 0x{error.object[error.start]:02x}",
            "save it as UTF-8; spreadsheets call this “CSV UTF-8”",
        ) from None
    except FileNotFoundError:
        raise not_found(str(path)) from None
    except IsADirectoryError:
        raise DocqaError(f"{path} is a directory; expected a file of question–answer pairs", FORMATS) from None
    except PermissionError:
        raise DocqaError(f"{path} can't be read: permission denied", f"try `ls -l {path}`") from None
    except OSError as error:
        raise DocqaError(f"{path} can't be read: {error.strerror or error}", "check the disk or the network") from error


def _undecodable_line(file: Path, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with file.open("rb") as binary:
        while chunk := binary.read(_CHUNK):
            try:
                line += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
    return line
