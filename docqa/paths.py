"""Every directory that docqa uses. `DOCQA_HOME`, where set, holds them all in one place."""

import os
from pathlib import Path

import platformdirs

_APP = "docqa"


def _home(kind: str) -> Path | None:
    home = os.environ.get("DOCQA_HOME")
    return Path(home).expanduser() / kind if home else None


def config_dir() -> Path:
    """Where `config.toml` is."""
    return _home("config") or Path(platformdirs.user_config_dir(_APP, appauthor=False))


def data_dir() -> Path:
    """What the person would miss: models pulled or trained, the history of questions."""
    return _home("data") or Path(platformdirs.user_data_dir(_APP, appauthor=False))


def cache_dir() -> Path:
    """What can be computed again: the index of each document."""
    return _home("cache") or Path(platformdirs.user_cache_dir(_APP, appauthor=False))


def bundled_models_dir() -> Path:
    """The models that ship with docqa: inside the package where it was installed from a wheel, else the checkout's."""
    package = Path(__file__).parent
    installed = package / "bundled"
    return installed if installed.is_dir() else package.parent / "models"


def general_sample() -> Path:
    """Questions on invented texts, in SQuAD's format, that ship with docqa."""
    return Path(__file__).parent / "general_sample.json"
