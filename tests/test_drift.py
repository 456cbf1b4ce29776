"""The same answers in every library, number of threads and number format; the golden answers of `test_quality.py`."""

import sys

import pytest
from support.samples import ROOT

sys.path.insert(0, str(ROOT))

pytest.importorskip("openvino")

from benchmarks import drift
from benchmarks.citations import questions_by_file
from benchmarks.drift import FirstAnswer
from benchmarks.measuring import machine
from docqa.reader.openvino_backend import _core

pytestmark = pytest.mark.timeout(900)
GOLDEN = {(one.document, one.question): one for one in drift.golden()}
ASKED = questions_by_file(*drift.SAMPLES)
SOME = {file: questions[::8] for file, questions in ASKED.items()}

INT8_FLAGS = {"avx_vnni", "avx512_vnni", "amx_int8"}


def kept(found: list[FirstAnswer]) -> list[FirstAnswer]:
    """The golden answers to the same questions."""
    return [GOLDEN[one.document, one.question] for one in found]


@pytest.mark.parametrize("name", [name for name, variant in drift.VARIANTS.items() if variant.least == 1][1:])
def test_float32_answers_alike_everywhere(name: str) -> None:
    # `test_quality.py` asks all questions with the first variant.
    found = drift.first_answers_of(name, SOME)
    assert len(found) > 10
    assert not drift.differences(kept(found), found)


@pytest.mark.parametrize("name", [name for name, variant in drift.VARIANTS.items() if variant.least < 1])
def test_other_number_formats_answer_nearly_alike(name: str) -> None:
    if "bfloat16" in name and "BF16" not in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        pytest.skip("this processor has no bfloat16, and docqa computes in float32 on it")
    if "int8" in name and not INT8_FLAGS & set(machine()["flags"]):
        pytest.skip("this processor has no instructions for int8, and docqa computes in another format on it")
    if "bfloat16" in name and INT8_FLAGS & set(machine()["flags"]) and "amx_bf16" not in machine()["flags"]:
        pytest.skip("this processor is faster in int8, and docqa computes in that")
    found = drift.first_answers_of(name, ASKED)
    assert len(found) == len(GOLDEN)
    differing = drift.differences(kept(found), found, tolerance=1)
    assert drift.share_of_same(kept(found), found) >= drift.VARIANTS[name].least, "\n".join(differing)


def test_what_differs_is_shown_with_both_answers() -> None:
    before = FirstAnswer("Who?", "a.pdf", "Anna Holm", 3, 7, 0.91, answered=True)
    now = FirstAnswer("Who?", "a.pdf", "Holm", 3, 7, 0.4, answered=False)
    assert drift.differences([before], [before]) == []
    assert drift.differences([before], [now]) == [
        "a.pdf: Who?\n  - 'Anna Holm', page 3, line 7, 91.0%\n  + 'Holm', page 3, line 7, 40.0%, held back"
    ]
    assert drift.differences([], [now]) == ["a.pdf: Who?\n  - not asked\n  + 'Holm', page 3, line 7, 40.0%, held back"]
