"""What no answer begins or ends inside: quantities with units, dates, addresses, names of files and parts (pure)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_GAP = r"[^\S\n]?\n?"  # Between the parts of a quantity or a date: nothing, a space, the end of a line.

_ADDRESS = (
    r"(?:https?|ftp)://[^\s<>\"“”]*[\w/]|\bwww\.[^\s<>\"“”]*[\w/]"
    r"|(?<![\w.+'’-])[\w.+'’-]*\w@\w[\w-]*(?:\.[\w-]*\w)+"
)

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?\b"
_YEAR = rf"(?:,?{_GAP}\d{{4}}\b)"
_DATE = (
    rf"\b{_DAY}{_GAP}(?:of\s)?{_MONTH}{_YEAR}?|\b{_MONTH}{_GAP}{_DAY}{_YEAR}?|\b{_MONTH}{_YEAR}"
    r"|\b\d{4}-\d\d-\d\d(?:T[\d:.]*\dZ?)?"
)

_NUMBER = r"\d+(?:[.,:/]\d+)*(?:[\u00a0\u202f]\d{3}(?!\d))*"
_NUMERAL = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand)\b"
)
_NUMERALS = rf"\b{_NUMERAL}(?:[-\s](?:and\s)?{_NUMERAL})*(?:\s\(\d+\s?%?\))?"  # "seven (7)", as contracts have it.
_MAGNITUDE = r"(?:hundred|thousand|million|billion|trillion|dozen|[mb]n)\b"
_CURRENCY = r"(?:(?:\b(?:US|A|C|NZ|HK))?\$|[€£¥₹]|\b(?:EUR|USD|GBP|CHF|JPY|CAD|AUD|Rs\.?)(?=[\s\d]))"
_SYMBOL = (
    r"(?:%|‰|°[CFR]?|[€£¥]|(?!N/A)(?:[kMGT]?Hz|[mkµμ]?V|[mµμ]A|A(?!\s[a-z])|[mkMGT]?W|[kMGT]?Wh|[kMG]?J|[pnµμ]?F|[nmµμ]?H|[kM]?Ω"
    r"|[hkM]?Pa|m?bar|psia?|[cmkµμn]?m[²³]?|ft|mi|ha|[kmµμ]?g|t|lbs?|oz|[mµμnp]?s|min|hr?s?|m?Ah|m?[lL]|m?mol|K|k?N"
    r"|dBm?|rpm|pp[mb]|dpi|px|pt|mmHg|kcal|cd|lm|lx|mph|kts?|[kMG]?bps|[kKMGT]?B|[KMG]iB|[kMG]bit|EUR|USD|GBP|CHF"
    r"|MME|FTEs?)\b)(?:/[A-Za-zµμ]{1,5}\b)*(?![\w°]|[-'’]\w|\.\w)"
)
_UNIT = (
    r"(?:per\s?cent|percentage\spoints?|degrees?(?:\s(?:Celsius|Fahrenheit|centigrade))?"
    r"|(?:US\s)?dollars?|euros?|pounds?|pence|cents|yen|rupees?"
    r"|(?:(?:calendar|business|working|consecutive|full)\s)?(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?)"
    r"|(?:milli|micro|nano)seconds?|(?:square\s|cubic\s)?(?:kilo|centi|milli|nano|micro)?met(?:re|er)s?"
    r"|(?:square\s)?miles?|(?:square\s|cubic\s)?feet|inch(?:es)?|yards?|hectares?|acres?"
    r"|(?:kilo|milli|micro)?grams?|(?:metric\s)?ton(?:ne)?s?|ounces?|gallons?|(?:milli)?lit(?:re|er)s?"
    r"|(?:kilo|mega|giga|milli)?(?:volts?|watts?|amps?|amperes?|hertz)|ohms?|(?:kilo|mega|giga|tera)?(?:bytes?|bits?)"
    r"|knots?)\b"
)
_QUANTITY = (
    rf"(?P<number>(?:{_CURRENCY}{_GAP})?(?:(?<![\w)\]%/])(?:\+/[-−]|[-−+~]|[±≈≥≤]\s?))?(?:{_CURRENCY}{_GAP})?"
    rf"(?:(?<![\w.,:/])(?:{_NUMBER}(?!\w)|\d+(?:[.,]\d+)*(?={_SYMBOL}))|{_NUMERALS})"
    rf"(?:\s?[×x·]\s?10[⁻⁺]?[⁰¹²³⁴-⁹]+)?(?:{_GAP}{_MAGNITUDE})?)(?:(?:-|{_GAP})(?:{_SYMBOL}|(?P<unit>{_UNIT})))?"
)

# 3.4.1.2, AB-1290/7, CC-BY-4.0, COVID-19; not COVID-19-related, 2010-11, RV32/RV64.
_PART = (
    r"(?<![\w.])\d+(?:\.\d+){2,}(?![\w%])|"
    r"\b(?=[\w.+:/-]*[A-Z])(?=[\w.+:/-]*\d)[^\W_]+(?:[-.](?!(?:related|based|like|type|free|style)\b)[^\W_]+|/\d+)+\b"
)
# startup.m, _isVault, MWS.HPC.s_Wc, abi.encode, std::vector, httpcore==0.14.*, U.S.A.; not "the end.The next".
_LETTERS = r"[^\W⁰¹²³⁴-⁹]"  # "report³" has a note.
_WORD = (
    rf"(?:[A-Z]\.){{2,}}|{_LETTERS}+(?:(?:==|::|@|(?<=[^\W\d])\.(?=[^\W\dA-Z]{{2}})|(?<=[a-z])\.(?=[a-z]\b)"
    rf"|(?<=[A-Z])\.(?=[A-Z]))(?:{_LETTERS}|\.(?=\w)|\.?\*)+)*"
)
UNIT = re.compile(_UNIT)
"""The name of a unit, which is no answer without its number."""

_ATOM = re.compile(rf"(?P<address>{_ADDRESS})|(?P<date>{_DATE})|(?P<part>{_PART})|{_QUANTITY}|(?P<word>{_WORD})")


class Atom(NamedTuple):
    """One of them: its kind and span.

    `number_end` is where the number ends if the name of a unit follows ("days"), else the same as `end`.
    """

    kind: str
    start: int
    end: int
    number_end: int


def atoms(text: str, first: int, last: int) -> Iterator[Atom]:
    """The atoms of `text[first:last]` in order, words included."""
    for match in _ATOM.finditer(text, first, last):
        number_end = match.end("number" if match["unit"] else 0)
        yield Atom(match.lastgroup or "", match.start(), match.end(), number_end)
