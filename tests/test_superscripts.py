"""Superscripts: no part of an answer if they are the marks of notes, whole with their number if they are exponents."""

import pytest

from docqa.documents.superscripts import blank_marks, exponent_end, raise_


@pytest.mark.parametrize(
    ("drawn", "shown"),
    [
        ("3", "³"),
        ("16,17", "¹⁶,¹⁷"),
        ("-1", "⁻¹"),
        ("−1", "⁻¹"),
        ("1–3", "¹⁻³"),
        ("n−1", "ⁿ⁻¹"),
        ("a,b", "ᵃ,ᵇ"),
        ("1*", "¹*"),
        ("-", "-"),
        ("−", "−"),
        ("†", "†"),
        ("o", "°"),
        ("th", "th"),
        ("e", "e"),
        ("TM", "TM"),
        ("®", "®"),
        ("fi", "fi"),
        ("[3]", "[3]"),
    ],
)
def test_superscripts_have_their_own_characters(drawn: str, shown: str) -> None:
    assert raise_(drawn) == shown


@pytest.mark.parametrize(
    ("text", "read", "answer"),
    [
        ("420³ people", "420  people", "420"),
        ("in the year² of", "in the year  of", "year"),
        ("Carella¹,² and", "Carella    and", "Carella"),
        ("Smithᵃ,ᵇ and", "Smith    and", "Smith"),
        ("since 2014¹²", "since 2014  ", "2014"),
        ("sites¹⁻³ in", "sites    in", "sites"),
        ("3.2 × 10⁶ litres", "3.2 × 10  litres", "10⁶"),
        ("2⁶⁴ − 1", "2   − 1", "2⁶⁴"),
        ("a loop.h¹¹ in", "a loop.h   in", "loop.h"),
        ("page 2³", "page 2 ", "2"),
        ("5 km² of", "5 km  of", "km²"),
        ("9 kg/m³.", "9 kg/m .", "m³"),
        ("5 ms⁻¹", "5 ms  ", "ms⁻¹"),
        ("x² + 1", "x  + 1", "x²"),
        ("Ca²⁺ ions", "Ca   ions", "Ca²⁺"),
        ("an I²C bus", "an I2C bus", "I²"),
        ("spelt pʰat", "spelt pʰat", "p"),
    ],
)
def test_the_reader_sees_no_superscripts_and_answers_have_exponents_only(text: str, read: str, answer: str) -> None:
    assert blank_marks(text) == read
    bare = answer.rstrip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
    first = text.index(bare)
    assert text[first : exponent_end(text, first + len(bare))] == answer
