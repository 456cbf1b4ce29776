"""The kind of answer that a question asks for, and whether a text is of that kind (pure).

English only, by words and forms. Li & Roth (2002), "Learning question classifiers", has the idea and finer classes.
"""

import re
from enum import StrEnum


class AnswerKind(StrEnum):
    """What a question asks for."""

    PERCENTAGE = "a percentage"
    DURATION = "a time span"
    DATE = "a date"
    AMOUNT = "an amount of money"
    NUMBER = "a number"
    MEASURE = "a measurement"
    NAME = "a name"
    REASON = "a reason or a manner"
    ANY = "anything"


_FLAGS = re.IGNORECASE
_ASKED = [
    (AnswerKind.REASON, r"^(?:is|are|was|were|does|do|did|can|could|may|must|should|has|have|will)\b"),
    (AnswerKind.PERCENTAGE, r"percent|%|(?:what|which) (?:share|proportion)|(?:share|proportion) of"),
    (
        AnswerKind.DURATION,
        r"how (?:long|soon|old|many (?:days|weeks|months|years|hours|minutes|seconds))\b|duration|period\b|lifetime",
    ),
    (
        AnswerKind.DATE,
        r"\bwhen (?:is|are|was|were|did|does|do|will|must)\b|^when\b|\bdate\b|deadline|"
        r"(?:what|which) (?:year|month|day|time)|year (?:the|of|in|when)|(?:since|until) when",
    ),
    (
        AnswerKind.AMOUNT,
        r"\bcosts?\b|price|\bfees?\b|salary|budget|\bpaid\b|revenue|funding|\bpay\b|worth|dollars?|euros?|[$€£]|income|"
        r"profit|loan|grant|money|fine\b|penalty|rent\b|spend|expens",
    ),
    (AnswerKind.NUMBER, r"how (?:many|much|often)|number of|\bcount\b"),
    (
        AnswerKind.MEASURE,
        r"how (?:far|tall|big|large|heavy|wide|deep|fast|high|hot|thick)|weight|width|height|voltage|temperature|"
        r"frequency|\bsize\b|\blength\b|speed|distance|resistance|capacity|humidity|thickness|diameter|range\b",
    ),
    (
        AnswerKind.NAME,
        r"\bwho\b|\bwhom\b|\bwhose\b|author|signed by|\bwhere\b|which (?:country|city|state|town|county)|\baddress\b",
    ),
    (AnswerKind.REASON, r"\bwhy\b|reason|purpose|what causes|how come|^how\b"),
]
_PATTERNS = [(kind, re.compile(pattern, _FLAGS)) for kind, pattern in _ASKED]

_NUMBER_WORD = (
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|"
    r"ninety|hundred|thousand|million|billion|dozen|half|quarter|third|once|twice)\b"
)
_MONTH = (
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|spring|summer|autumn|winter)\b"
)
_FOUND = {
    AnswerKind.PERCENTAGE: r"\d\s?%|per\s?cent|percentage",
    AnswerKind.AMOUNT: r"[$€£¥]|\b(?:usd|eur|gbp|dollars?|euros?|pounds?|cents?|million|billion)\b",
    AnswerKind.DATE: rf"\b(?:1[5-9]|20)\d\d\b|{_MONTH}|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}|"
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b\d{1,2}:\d\d\b|\b\d{1,2} ?[ap]\.?m\b",
    AnswerKind.DURATION: rf"(?:\d|{_NUMBER_WORD})[\w().,–-]*[ -](?:\w+[ -])?"
    r"(?:days?|weeks?|months?|years?|hours?|hrs?|minutes?|mins?|seconds?|secs?|decades?|quarters?|semesters?)\b|"
    r"\d ?(?:ms|s|h|min|µs|us|ns)\b|\b(?:annual|month|week|dai)ly\b",
    AnswerKind.MEASURE: r"\d\s?(?:°|[a-zµμΩ%]{1,6}\b|[\"'″′])|\d\s?[x×]\s?\d|\d\.\d",
    AnswerKind.NUMBER: rf"\d|{_NUMBER_WORD}",
}
_FORMS = {kind: re.compile(pattern, _FLAGS) for kind, pattern in _FOUND.items()}
_WORD = re.compile(r"[^\W_]+")
_WORDS_OF_REASON = 4  # A reason or a manner takes a clause.


def kind_asked(question: str) -> AnswerKind:
    """What a question asks for: the first kind whose words it has."""
    return next((kind for kind, pattern in _PATTERNS if pattern.search(question)), AnswerKind.ANY)


_PASSAGE_ASKED = re.compile(
    r"^(?:please\s+)?(?:compare|list|describe|explain|summari[sz]e|outline|enumerate)\b"
    r"|^how\b(?!\s+(?:many|much|long|old|soon|often|far|tall|big|large|heavy|wide|deep|fast|high|hot|thick)\b)",
    _FLAGS,
)
_QUESTION = re.compile(r"\?|\b(?:what|which|who|whom|whose|when|where|why|how)\b", _FLAGS)
_TERSE = 4  # Words.


def asks_for_passage(question: str) -> bool:
    """Whether a passage answers it rather than a few words: "how …", "list …", "compare …", or only a topic."""
    return is_topic(question) or _PASSAGE_ASKED.search(question.strip()) is not None


def is_topic(question: str) -> bool:
    """Whether it is a few words that ask nothing: "safety glasses"."""
    return len(question.split()) <= _TERSE and not _QUESTION.search(question)


def fits(text: str, kind: AnswerKind) -> float:
    """How well a text fits a kind: 1 if it is of it, 0 if it may be, or if anything was asked for, -1 if it isn't."""
    has_number = _FORMS[AnswerKind.NUMBER].search(text) is not None
    if kind is AnswerKind.ANY:
        return 0.0
    if kind in _FORMS:
        return 1.0 if _FORMS[kind].search(text) else 0.0 if has_number else -1.0
    if kind is AnswerKind.NAME:
        return 1.0 if _looks_like_a_name(text) else -1.0 if has_number else 0.0
    words = len(text.split())
    return 1.0 if words >= _WORDS_OF_REASON else -1.0 if words < 2 or has_number else 0.0


def _looks_like_a_name(text: str) -> bool:
    """Whether most words begin with a capital letter; short ones, "of" and "the", only count alone."""
    found = _WORD.findall(text)
    words = [word for word in found if len(word) > 3] or found
    return bool(words) and sum(word[0].isupper() for word in words) > len(words) / 2
