"""The directories that docqa uses. `DOCQA_HOME`, if set, is the parent of all of them."""

import os
from pathlib import Path

import platformdirs

from docqa.errors import DocqaError

_APP = "docqa"


def _home(kind: str) -> Path | None:
    home = os.environ.get("DOCQA_HOME")
    try:
        return Path(home).expanduser() / kind if home else None
    except RuntimeError:
        raise DocqaError(f"DOCQA_HOME is {home!r}, and there is no such user", "it has to be a folder") from None


def config_dir() -> Path:
    """The directory of `config.toml`."""
    return _home("config") or Path(platformdirs.user_config_dir(_APP, appauthor=False))


def data_dir() -> Path:
    """Data the user would miss: models pulled or trained, corrections, the history of questions."""
    return _home("data") or Path(platformdirs.user_data_dir(_APP, appauthor=False))


def cache_dir() -> Path:
    """Data that can be computed again: the index of each document."""
    return _home("cache") or Path(platformdirs.user_cache_dir(_APP, appauthor=False))


def bundled_models_dir() -> Path:
    """The models that ship with docqa: inside an installed package, or `models/` of a checkout."""
    package = Path(__file__).parent
    installed = package / "bundled"
    return installed if installed.is_dir() else package.parent / "models"


def general_sample() -> Path:
    """The general sample that ships with docqa: questions on invented texts, in SQuAD format."""
    return Path(__file__).parent / "general_sample.json"
