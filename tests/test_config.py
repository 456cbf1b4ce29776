"""Settings: the last of defaults, file, environment and flags wins; a bad one names its source."""

from pathlib import Path

import pytest

from docqa.config import Settings, keys, load
from docqa.errors import DocqaError


def write(home: Path, text: str) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(text, encoding="utf-8")


def test_the_last_source_wins(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load() == Settings()
    write(home, 'top = 7\ndoc_stride = 32\nretriever = "dense"\nthreshold = 0\n')
    monkeypatch.setenv("DOCQA_DOC_STRIDE", "48")
    monkeypatch.setenv("DOCQA_EXHAUSTIVE", "yes")
    settings = load({"retriever": "lexical", "top": None})
    assert (settings.top, settings.doc_stride, settings.retriever) == (7, 48, "lexical")
    assert settings.exhaustive
    assert settings.threshold == 0.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("top =", "is not valid TOML"),
        ("tpo = 3", "sets 'tpo', which is no setting"),
        ('top = "3"', "sets top to '3'"),
        ("top = true", "sets top to True"),
        ("top = 0", "top is 0"),
        ('retriever = "best"', "retriever is 'best'"),
    ],
)
def test_a_bad_file_is_told(home: Path, text: str, message: str) -> None:
    write(home, text)
    with pytest.raises(DocqaError, match=message) as failure:
        load()
    assert failure.value.hint


def test_a_bad_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCQA_TOP", "many")
    with pytest.raises(DocqaError, match="DOCQA_TOP to 'many'"):
        load()


def test_keys_are_apart_from_settings(home: Path) -> None:
    assert keys() == {}
    write(home, 'top = 7\n[keys]\n"answers.copy" = "Y"\n')
    assert keys() == {"answers.copy": "Y"}
    assert load().top == 7


@pytest.mark.parametrize("text", ["keys = 3", "[keys]\n'answers.copy' = 3", "[keys]\n'answers.copy' = ''"])
def test_bad_keys_are_told(home: Path, text: str) -> None:
    write(home, text)
    with pytest.raises(DocqaError, match="sets keys to"):
        keys()
