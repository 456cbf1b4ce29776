"""Settings: precedence of defaults, file, environment and flags; errors name their source."""

from pathlib import Path

import pytest

import docqa
from docqa import config
from docqa.cli import main
from docqa.config import Applies, Origin, Settings, changes, keys, layers, load, merged, origin, parse
from docqa.errors import DocqaError
from docqa.extensions import RETRIEVERS, RetrieverKind


def write(home: Path, text: str) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(text, encoding="utf-8")


def test_the_last_source_wins(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCQA_PRECISION")
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
        ("tpo = 3", "sets 'tpo', which is not a setting"),
        ('top = "3"', "sets top to '3'"),
        ("top = true", "sets top to True"),
        ("top = 0", "config.toml sets top to 0"),
        ('retriever = "best"', "config.toml sets retriever to 'best'"),
    ],
)
def test_a_bad_file_is_reported(home: Path, text: str, message: str) -> None:
    write(home, text)
    with pytest.raises(DocqaError, match=message) as failure:
        load()
    assert failure.value.hint


def test_a_bad_environment_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCQA_TOP", "many")
    with pytest.raises(DocqaError, match="DOCQA_TOP to 'many'"):
        load()
    monkeypatch.setenv("DOCQA_TOP", "0")
    with pytest.raises(DocqaError, match="DOCQA_TOP to '0'"):
        load()


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ({"topp": 3}, "there is no setting called 'topp'", "did you mean top?"),
        ({"top": "x"}, "top is 'x'", "it has to be a whole number"),
        ({"cache": 1}, "cache is 1", "it has to be true or false"),
    ],
)
def test_a_bad_argument_is_reported(given: dict[str, object], message: str, hint: str) -> None:
    with pytest.raises(DocqaError) as error:
        docqa.open("report.pdf", **given)  # type: ignore[arg-type]
    assert (error.value.message, error.value.hint) == (message, hint)
    assert load({"threshold": 1, "reader": Path("reader")}).threshold == 1


def test_keys_are_separate_from_settings(home: Path) -> None:
    assert keys() == {}
    write(home, 'top = 7\n[keys]\n"answers.copy" = "Y"\n')
    assert keys() == {"answers.copy": "Y"}
    assert load().top == 7


@pytest.mark.parametrize("text", ["keys = 3", "[keys]\n'answers.copy' = 3", "[keys]\n'answers.copy' = ''"])
def test_bad_keys_are_reported(home: Path, text: str) -> None:
    write(home, text)
    with pytest.raises(DocqaError, match="sets keys to"):
        keys()


def test_the_origin_of_a_value_is_known(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home, "top = 7\ndoc_stride = 32\nthreshold = 0.5\n")
    monkeypatch.setenv("DOCQA_DOC_STRIDE", "48")
    monkeypatch.setenv("DOCQA_THRESHOLD", "0.4")
    sources = layers({"threshold": 0.3, "reader": None})
    assert {name: origin(name, sources) for name in ("reader", "top", "doc_stride", "threshold")} == {
        "reader": Origin.DEFAULT,
        "top": Origin.FILE,
        "doc_stride": Origin.ENVIRONMENT,
        "threshold": Origin.FLAG,
    }
    assert merged(sources) == load({"threshold": 0.3})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("top", "3", 3),
        ("threshold", "0", 0.0),
        ("exhaustive", "Yes", True),
        ("viewer", "okular {file}", "okular {file}"),
    ],
)
def test_text_is_parsed(name: str, text: str, value: object) -> None:
    assert parse(name, text) == value


@pytest.mark.parametrize(
    ("name", "text", "message", "hint"),
    [
        ("top", "three", "top is 'three'", "a whole number"),
        ("top", "0", "top is 0", "1 or more"),
        ("threshold", "1.5", "threshold is 1.5", "from 0 to 1"),
        ("threshold", "nan", "threshold is nan", "from 0 to 1"),
        ("exhaustive", "perhaps", "exhaustive is 'perhaps'", "true or false"),
        ("retriever", "best", "retriever is 'best'", "hybrid, lexical or dense"),
    ],
)
def test_an_invalid_value_is_reported(name: str, text: str, message: str, hint: str) -> None:
    with pytest.raises(DocqaError) as error:
        parse(name, text)
    assert (error.value.message, error.value.hint) == (message, f"it has to be {hint}")


def test_when_a_change_takes_effect() -> None:
    assert changes(Settings(), Settings()) == set()
    assert changes(Settings(), Settings(top=3, threshold=0.5)) == {Applies.NEXT_QUESTION}
    assert changes(Settings(), Settings(reader="x", animations=False)) == {Applies.REOPEN, Applies.AT_ONCE}


def test_the_documentation_lists_the_settings_and_their_flags() -> None:
    page = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert config.table() in page, "run `make docs`"
    arguments = vars(main.build_parser().parse_args(["open", "x"]))
    flagged = {name for name in config.names() if config.about(name).flag != ""}
    assert flagged == set(config.names()) & set(arguments)


def test_choices_of_a_retriever_are_those_that_are_registered() -> None:
    def built(*_: object) -> None:
        raise AssertionError("only named")

    RETRIEVERS.register(RetrieverKind("newest", "the last window first", built))
    try:
        assert Settings(retriever="newest").retriever == "newest"
        assert parse("retriever", "newest") == "newest"
        assert main.build_parser().parse_args(["ask", "Who?", "x", "--retriever", "newest"]).retriever == "newest"
        assert "newest" in config.table()
    finally:
        RETRIEVERS.remove("newest")
    with pytest.raises(DocqaError, match="retriever is 'newest'"):
        Settings(retriever="newest")
