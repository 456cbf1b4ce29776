"""Frames: how processes of docqa talk through pipes. A frame is its length, in eight bytes, and its content."""

from typing import IO

_LENGTH_BYTES = 8


def write_frame(stream: IO[bytes], content: bytes | memoryview) -> None:
    """Write one frame. Raises `OSError` if the other end is closed."""
    stream.write(len(content).to_bytes(_LENGTH_BYTES, "little"))
    stream.write(content)
    stream.flush()


def read_frame(stream: IO[bytes], longest: int | None = None) -> bytes:
    """Read one frame. Raises `EOFError` if the other end is closed, `OverflowError` if it is longer.

    `longest` is in bytes.
    """
    prefix = stream.read(_LENGTH_BYTES)
    length = int.from_bytes(prefix, "little")
    if longest is not None and length > longest:
        raise OverflowError(f"a frame of {length} bytes")
    content = stream.read(length)
    if len(prefix) < _LENGTH_BYTES or len(content) < length:
        raise EOFError
    return content
