"""What the app looks like, remembered from one session to the next: app.json in the data directory."""

from pathlib import Path

from docqa import paths
from docqa.errors import DocqaError
from docqa.files import read_json_object, write_json_object


def file() -> Path:
    """Where it is kept."""
    return paths.data_dir() / "app.json"


def theme() -> str:
    """The theme that the person chose last, "" if none; a damaged file is as good as none."""
    try:
        return str(read_json_object(file()).get("theme", ""))
    except DocqaError:
        return ""


def remember_theme(name: str) -> None:
    """Remember a theme. Raises `DocqaError` where it can't be written."""
    try:
        write_json_object(file(), {"theme": name})
    except OSError as error:
        raise DocqaError(
            f"the theme can't be remembered in {file()}: {error.strerror or error}", "mend its folder's permissions"
        ) from error
