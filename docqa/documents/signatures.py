"""What a file is that was taken for a document, by how it begins: for error messages alone (pure)."""

_SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive, such as a Word or Excel file"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a file of an old Office program"),
    (b"{\\rtf", "an RTF text"),
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"\xfd7zXZ\0", "a compressed file (xz)"),
    (b"(\xb5/\xfd", "a compressed file (Zstandard)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"SQLite format 3\0", "a database (SQLite)"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"%!PS", "a PostScript file"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
)


def kind_of(data: bytes) -> str | None:
    """What a file is, in words with an article; None if its first bytes don't tell."""
    start = data[:64].lstrip().lower()
    return next((kind for signature, kind in _SIGNATURES if start.startswith(signature.lower())), None)
