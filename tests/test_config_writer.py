"""Writing a setting to `config.toml` changes nothing else in the file."""

import stat
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docqa import config
from docqa.config_writer import put
from docqa.errors import DocqaError

MINE = """\
# My settings. Don't touch.
top = 7   # seven is enough
reader = 'harbour'

[keys]  # like in my editor
"answers.copy" = "Y"

[[other]]
of = "another program"
"""


@pytest.fixture
def file(home: Path) -> Path:
    file = home / "config" / "config.toml"
    file.parent.mkdir(parents=True)
    return file


def test_comments_order_and_other_tables_are_kept(file: Path) -> None:
    file.write_text(MINE)
    put("top", 3)
    assert file.read_text() == MINE.replace("top = 7 ", "top = 3 ")
    put("threshold", 0.5)
    put("exhaustive", True)
    assert file.read_text() == MINE.replace("top = 7 ", "top = 3 ").replace(
        "'harbour'\n", "'harbour'\nthreshold = 0.5\nexhaustive = true\n"
    )
    for name in ("threshold", "exhaustive", "device"):
        put(name, None)
    assert file.read_text() == MINE.replace("top = 7 ", "top = 3 ")


def test_line_ends_and_permissions_are_kept(file: Path) -> None:
    file.write_bytes(b"top = 7\r\n# mine\r\n[keys]\r\na = 'b'\r\n")
    file.chmod(0o640)
    put("top", 3)
    assert file.read_bytes() == b"top = 3\r\n# mine\r\n[keys]\r\na = 'b'\r\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_missing_file_is_created(home: Path) -> None:
    put("viewer", 'okular --page {page} "{file}"')
    assert config.load().viewer == 'okular --page {page} "{file}"'
    assert [path.name for path in (home / "config").iterdir() if path.suffix != ".lock"] == ["config.toml"]


def test_a_link_is_followed(file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles.toml"
    kept.write_text("top = 7\n")
    file.symlink_to(kept)
    put("top", 3)
    assert file.is_symlink() and kept.read_text() == "top = 3\n"


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (b"top = \n# mine", "is not valid TOML"),
        (b"top = 1\ntop = 2\n", "is not valid TOML"),
        (b"# \xff", "is not UTF-8"),
    ],
)
def test_a_malformed_file_is_reported_and_kept(file: Path, contents: bytes, message: str) -> None:
    file.write_bytes(contents)
    with pytest.raises(DocqaError, match=message) as error:
        put("top", 3)
    assert error.value.hint and file.read_bytes() == contents


def test_a_read_only_file_is_reported_and_kept(file: Path) -> None:
    file.write_text("top = 7\n")
    file.chmod(0o444)
    with pytest.raises(DocqaError, match="is read-only") as error:
        put("top", 3)
    assert "chmod" in error.value.hint and file.read_text() == "top = 7\n"


def test_a_folder_in_its_place_is_reported(file: Path) -> None:
    file.mkdir()
    with pytest.raises(DocqaError, match="cannot write"):
        put("top", 3)


def test_concurrent_writes_lose_nothing(file: Path) -> None:
    file.write_text(MINE)
    values = {
        "top": 3,
        "doc_stride": 64,
        "top_k_windows": 9,
        "max_answer_length": 20,
        "threshold": 0.25,
        "cache": False,
    }
    with ThreadPoolExecutor(len(values)) as pool:
        for future in [pool.submit(put, *item) for item in values.items()]:
            future.result()
    assert tomllib.loads(file.read_text()) == tomllib.loads(MINE) | values


VALUES = st.one_of(st.text(), st.booleans(), st.integers(), st.floats(allow_nan=False))


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None)
@given(
    before=st.dictionaries(st.sampled_from(config.names()), VALUES),
    name=st.sampled_from(config.names()),
    value=st.one_of(st.none(), VALUES),
    keys=st.booleans(),
)
def test_everything_else_is_kept(before: dict[str, Any], name: str, value: Any, keys: bool) -> None:
    import tomlkit

    text = tomlkit.dumps(before) + ('\n[keys] # mine\n"a.b" = "Y"\n' if keys else "# mine\n")
    file = config.file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")
    put(name, value)
    after = tomllib.loads(file.read_bytes().decode())
    expected = tomllib.loads(text) | {name: value}
    assert after == {key: setting for key, setting in expected.items() if setting is not None}
    assert "# mine" in file.read_text(encoding="utf-8")
