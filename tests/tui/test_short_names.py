"""Names cut in the middle can be told apart."""

from hypothesis import given
from hypothesis import strategies as st

from docqa.tui.state.short_names import folder_titles, shortened_names


def test_names_that_share_their_ends_are_cut_where_they_differ() -> None:
    assert shortened_names(["a.pdf", "annual-report-2019.pdf"], 12) == ["a.pdf", "annual…9.pdf"]
    agreements = [f"services-agreement-{year}-signed-final.pdf" for year in (2019, 2020)]
    assert shortened_names(agreements, 16) == ["…t-2019-signed-…", "…t-2020-signed-…"]


@given(st.lists(st.text("ab-", min_size=1, max_size=40), unique=True), st.integers(8, 30))
def test_names_are_never_wider_and_one_that_fits_is_whole(names: list[str], width: int) -> None:
    shown = shortened_names(names, width)
    assert all(len(short) <= width for short in shown)
    assert all(short == name for name, short in zip(names, shown, strict=True) if len(name) <= width)


@given(st.lists(st.integers(0, 999), unique=True, min_size=2), st.integers(12, 30))
def test_numbered_names_stay_different(numbers: list[int], width: int) -> None:
    names = [f"a-contract-of-many-words-{number:03}-and-as-many-after-it.pdf" for number in numbers]
    assert len(set(shortened_names(names, width))) == len(names)


def test_folders_are_called_by_what_tells_them_apart() -> None:
    assert folder_titles(["/data/law/", "/data/law/old/"]) == {"/data/law/": "law/", "/data/law/old/": "old/"}
    assert folder_titles(["/data/law/", "/data/science/"]) == {"/data/law/": "law/", "/data/science/": "science/"}
    assert folder_titles(["", "law/"]) == {"": "./", "law/": "law/"}
    assert folder_titles(["/data/", "law/"]) == {"/data/": "/data/", "law/": "law/"}
