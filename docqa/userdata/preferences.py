"""The app's preferences from one session to the next: app.json in the data directory."""

from pathlib import Path

from docqa import paths
from docqa.errors import DocqaError
from docqa.files import read_json_object, write_json_object


def file() -> Path:
    """Return the file of the preferences."""
    return paths.data_dir() / "app.json"


def theme() -> str:
    """Return the theme that the user chose last, or "" if there is none or the file is damaged."""
    try:
        return str(read_json_object(file()).get("theme", ""))
    except DocqaError:
        return ""


def remember_theme(name: str) -> None:
    """Save the theme. Raises `DocqaError` if it can't be written."""
    try:
        write_json_object(file(), {"theme": name})
    except OSError as error:
        raise DocqaError(
            f"can't save the theme in {file()}: {error.strerror or error}", "check the directory's permissions"
        ) from error
