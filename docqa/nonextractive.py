"""Questions that are not answered by quoting: yes or no, counting, comparing, calculating (pure).

docqa quotes, and decides and reckons nothing. But documents often state what such a question asks for: "Fees are not
refunded", "In total there were 108 sessions". So the kind of question is told by its words, and `is_stated` looks
whether a span states it; only then is it an answer. The kinds are those of the data sets HotpotQA (Yang et al. 2018)
and DROP (Dua et al. 2019). English only, and in doubt a question is taken for an ordinary one.
"""

import re
from enum import StrEnum


class NonExtractive(StrEnum):
    """What a question asks for that is seldom a span. The values are part of the JSON."""

    YES_NO = "yes-no"
    COUNT = "count"
    COMPARISON = "comparison"
    CALCULATION = "calculation"


MESSAGES = {
    NonExtractive.YES_NO: "this asks for a yes or no, which docqa doesn't decide",
    NonExtractive.COUNT: "no number that answers this is stated, and docqa doesn't count",
    NonExtractive.COMPARISON: "this asks for a comparison, which docqa doesn't make",
    NonExtractive.CALCULATION: "this asks for a calculation, which docqa doesn't make",
}
"""Why no answer is claimed to such a question."""


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.VERBOSE)


_AUXILIARY = (
    r"(?:(?:is|are|was|were|does|do|did|could|might|must|should|has|have|had|would|wo|ca)n['’]t|am|cannot|"
    r"is|are|was|were|does|do|did|can|could|may|might|must|shall|should|has|have|had|will|would)"
)
_PRONOUN = r"(?:it|they|he|she|there|that|this|we|you|i)"
_COMPARATIVE = r"""
    (?:more|less|fewer|better|worse|first|last|further|farther|earlier|later|sooner|older|elder|younger|larger|bigger|
    smaller|higher|lower|longer|shorter|cheaper|dearer|heavier|lighter|faster|slower|quicker|taller|wider|narrower|
    deeper|shallower|stronger|weaker|nearer|closer|greater|newer|richer|poorer|hotter|warmer|colder|cooler|thicker|
    thinner|harder|softer|safer|stricter|busier|easier|denser|brighter|louder|quieter|cleaner)\b
"""

_OPENING = r"^ (?: (?:and|so|but|ok|okay|please|hello|hi|also|then|well|now) [,\s]+ )*"
_LEAD = r"(?: (?!(?:what|which|whom|whose|who|how|why)\b) [^,?]{1,80} , \s+ )?"  # "According to the policy, …"
_YES_NO = _pattern(
    # Not "May 2019", nor the slip in "Was is the name of …".
    rf"{_OPENING} {_LEAD} {_AUXILIARY} \s+ (?!\d|(?:is|are|was|were|of|and|the\s+name\s+of)\b) \w"
    rf"| , \s* {_AUXILIARY} (?:\s+not)? \s+ {_PRONOUN} \s* [?.]* $"  # "…, isn't it?"
    r"| , \s* (?:right|correct|true|yes|no|yeah) \s* \?+ $"
    r"| \b(?:yes\s+or\s+no|true\s+or\s+false|or\s+not)\b"
    rf"| {_OPENING} whether \b"
    r"| ^ (?:[\w']+\s+){0,4}? (?:tell|check|find\s+out|know|see|say|confirm|verify)(?:\s+(?:me|us))?"
    r"  \s+ (?:if|whether) \b"
)
# "Can staff who work part time …?" says whom it is about; "Is it known who …?" asks for them.
_RELATIVE = _pattern(
    r"(\b (?:(?:an?|any|every|each|all|the|those) \s+ \w+ | (?!(?:is|this|its|us)\b) \w{2,}s | people | staff |"
    r"  children | (?:any|every|some)(?:one|body) | those)) \s+ (?:who|which|whom|whose) \b"
)
_REPORTS = _pattern(
    r"\b(?:say|sa(?:ys|id)|stat(?:es?|ed)|tell|tells|told|kn[eo]w\w*|clear|mention\w*|specif\w*|indicat\w*|list|lists|"
    r"listed|show\w*|explain\w*|describ\w*|determin\w*|decid\w*|find|found|nam(?:es?|ed)|giv(?:es?|en)|record\w*|see|sure|"
    r"remember\w*|identif\w*|defin\w*|ask\w*|point|set(?:s|\s+out)?|write\w*|written|(?:is|are|was|were)\s+there)\b"
)
# A choice between two is a span, and so is what "Does it say when …" and "Can you tell me the …" ask for.
_SPAN_AFTER_ALL = _pattern(
    r"\b(?:what|what's|which|who|whom|whose|how|why)\b"
    r"| \b(?:say|says|state|states|mention|specify|tell|know|explain|define)(?:\s+(?:me|us|anything\s+about))?"
    r"  \s+ (?:when|where|the)\b"
    r"| \b(?:can|could|would|will) \s+ you (?:\s+please)? \s+ (?:tell|give|list|name|show|explain|describe|find|"
    r"  provide|identify|point|quote|count|help|define|extract|summari[sz]e|say|state) \b (?! .* \b(?:if|whether)\b)"
    r"| \b or \b (?! \s+ (?:not|no|false)\b)"
)

_HOW_MANY = _pattern(r"\bhow \s+ many \b (?! \s+ (?:more|fewer|less)\b)")
# The things of which some are counted: the words up to a verb.
_HOW_MANY_OF = _pattern(
    rf"\bhow \s+ many \s+ of \s+ (?:the|these|those|its|their|our|my) \s+ ((?:(?!{_AUXILIARY}\b) \S+ \s+){{1,4}})"
)
_COUNT = _pattern(
    rf"{_OPENING} (?:(?:can|could|would|will) \s+ you \s+)? (?:please \s+)? count \s+ (?:the|all|how|every|up|only)\b"
    r"| \bhow \s+ (?:often|many \s+ times) \b .* \b (?:mention(?:s|ed)?|the \s+ (?:word|term|phrase|name)s?)\b"
)

_ALTERNATIVES = r"[^,:;?]{1,80}? \b or \b [^,:;?]{1,80} [?\s]* $"
_COMPARISON = _pattern(
    rf"\b(?:which|who|whose|what \s+ (?:is|was|comes|came))\b .* \b {_COMPARATIVE} [^?]* [,:;?–-] \s* {_ALTERNATIVES}"
    rf"| \b(?:which|who|what)(?:\s+one)? \s+ (?:is|are|was|were|has|have|had|costs?|came|comes) \s+ (?:the\s+)?"
    rf"  {_COMPARATIVE} (?! \s+ than\b) \s+ {_ALTERNATIVES}"
    rf"| ^ (?:between|of|comparing|out\s+of|among|from) \b .* \b(?:and|or)\b .* [,:;] \s* (?:which|who|what)\b"
    rf"  .* \b {_COMPARATIVE}"
    rf"| \b or \b [^?]* [,:;–-] \s* (?:which|who|what)\b .* \b {_COMPARATIVE}"
    rf"| \b(?:which|who) \b .* \b of \s+ (?:the|these|those) \s+ two \b .* \b {_COMPARATIVE}"
    rf"| \b(?:which|who) \b .* \b {_COMPARATIVE} .* \b of \s+ (?:the|these|those) \s+ two \b"
    rf"| {_OPENING} compare \b"
)

_UNIT = (
    r"(?:years|months|weeks|days|hours|minutes|seconds|percent|%|points|times|euros|dollars|pounds|degrees|m|km|cm|mm|"
    r"met(?:er|re)s|kilomet(?:er|re)s|miles|feet|inches|kg|kilograms|tons|tonnes)"
)
_CALCULATION = _pattern(
    r"\b(?:sums?|totals?|average|mean) \s+ (?:(?:amount|cost|value|number|length|area|price|weight)\s+)? of \s+ .* "
    r"  \b(?:and|plus|both|all \s+ (?:the|of|these|those))\b"
    r"| \b(?:and|both|all)\b .* \b combined \s* [?\s]* $"
    r"| \b(?:added \s+ (?:up|together)|add(?:s|ing)? \s+ up|(?:taken|put) \s+ together) \s* [?\s]* $"
    r"| \b(?:total|number|amount|sum|how \s+ (?:much|many)) \b .* \b combined \b"
    r"| \bhow \s+ (?:much|many) \b .* \b and \b .* \b (?:altogether|together|in \s+ all|in \s+ total) [?\s]* $"
    r"| (?<!\bthe) \s (?:plus|minus|multiplied \s+ by|divided \s+ by) \b .* \?"
    r"| \bdifference \s+ (?:in \s+ [\w\s]{1,40}? \s+)? between \b .* \b(?:19|20)\d\d \b .* \band\b .* \b(?:19|20)\d\d\b"
    r"| \b(?:age|price|cost|height|size|weight|length|time|temperature|salary|rent|distance|percentage|numerical) \s+"
    r"  difference \b"
    r"| \bdifference \s+ in \s+ (?:age|price|cost|height|size|weight|length|time|temperature|salary|rent)\b"
    rf"| \bhow \s+ (?:much|many \s+ {_UNIT}) \s+ {_COMPARATIVE}"
    r"| \bhow \s+ many \s+ (?:more|fewer|less)\b"
    r"| \b(?:percentage|percent) \s+ (?:change|increase|decrease) \b .* \b (?:from|between) \b .* \b (?:to|and) \b"
    rf"| {_OPENING} (?:add|subtract|multiply|divide|sum \s+ up|calculate|compute) \s"
)

_NEGATION = r"(?:no|not|never|none|nobody|nothing|neither|nor|cannot|without|unless)\b|\w+n['’]t\b"
_SAYS_YES_OR_NO = _pattern(
    rf"\b(?:yes|{_NEGATION})"
    rf"| \b{_AUXILIARY}\b"
    r"| \b(?:optional|voluntary|mandatory|compulsory|required|requires?|prohibit\w*|forbid\w*|forbidden|allowed|"
    r"  allows?|permitted|permits?|exclud\w+|includ\w+|covers?|covered|appl(?:y|ies|ied)|needs?|needed|possible|"
    r"  impossible|supports?|supported|unlimited|permissible|available|refundable|acceptable|"
    r"  (?:in)?eligible|free \s+ of|only \s+ if|grants?|provides?|contains?|"
    r"  entitle\w*|subject \s+ to|liable|remains?|case[- ]sensitive|un\w+(?:ed|able))\b | ^ \w+ed $"
)
_RELATIVE_CLAUSE = _pattern(r"\W* (?:which|who|whom|whose) \b")
_HAS_NEGATION = _pattern(rf"\b(?:{_NEGATION})")
_NUMBER = _pattern(
    r"\d| \b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|halves|once|twice|thrice|single|both|"
    r"pair|couple|none|no|zero|all|every|each|several|many|few|most|majority|minority|third|quarter|unlimited|number)\b"
)
_SUM = _pattern(
    r"\b(?:total\w*|sums?|altogether|overall|aggregate\w*|combined|in \s+ all|together|average\w*|mean|net|gross|"
    r"difference\w*|differ\w*|more|less|fewer|than|twice|half|times|change\w*|increase\w*|decrease\w*|decline\w*|grew|"
    r"growth|rose|fell|grow\w*|exceed\w*|plus|minus|percent\w*|older|younger|factor|\w*fold)\b | %|\d\s?[×x]"
)
_COMPARES = _pattern(
    rf"\b(?:than|compar\w+|exceed\w*|outperform\w*|as \s+ \w+ \s+ as|both|same|equal\w*|instead|rather|{_COMPARATIVE})"
)
_CLAUSE_END = re.compile(r"[.!?;:\n]\s")
_OCCURS = _pattern(r"\b(?:count\w*|mention\w*|occur\w*|appear\w*|words?|terms?|phrases?|names?|named)\b")
_IS_MORE_THAN = _pattern(rf"\b{_COMPARATIVE} .* \b than \b")


def nonextractive(question: str) -> NonExtractive | None:
    """What a question asks for if that is seldom a span; None for any other question."""
    if _YES_NO.search(question) and not _SPAN_AFTER_ALL.search(_without_relatives(question)):
        return NonExtractive.YES_NO
    if _CALCULATION.search(question):
        return NonExtractive.CALCULATION
    if _COMPARISON.search(question):
        return NonExtractive.COMPARISON
    if _HOW_MANY.search(question) or _COUNT.search(question):
        return NonExtractive.COUNT
    return None


def _without_relatives(question: str) -> str:
    """The question without the relative pronouns that could be taken for asking."""
    return question if _REPORTS.search(question) else _RELATIVE.sub(r"\1", question)


def is_stated(question: str, asked: NonExtractive, span: str, before: str, after: str) -> bool:
    """Whether a span with the texts before and after it states what is asked for, so that quoting it is an answer."""
    clause = _CLAUSE_END.split(before)[-1]
    sentence = f"{clause} {span} {_CLAUSE_END.split(after)[0]}"
    match asked:
        case NonExtractive.YES_NO:
            # "fees be refunded" of "In no event will fees be refunded" says the opposite.
            torn = _HAS_NEGATION.search(clause) and not _HAS_NEGATION.search(span)
            uncompared = _IS_MORE_THAN.search(question) and not (
                _COMPARES.search(sentence) and _names_one_of_them(sentence, question)
            )
            stated = _SAYS_YES_OR_NO.search(span) and not _RELATIVE_CLAUSE.match(span)
            return bool(stated) and not torn and not uncompared
        case NonExtractive.COUNT:
            return bool(_NUMBER.search(span)) and _counts_them(question, sentence, f"{before} {span} {after}")
        case NonExtractive.COMPARISON:
            return _names_one_of_them(span, question) and bool(_COMPARES.search(sentence))
        case NonExtractive.CALCULATION:
            return bool(_SUM.search(sentence))


def _names_one_of_them(text: str, question: str) -> bool:
    """Whether a text has a word of a question that compares, other than those that every comparison has."""
    return any(word in question.lower() for word in re.findall(r"\w{3,}", text.lower()) if word not in {"the", "than"})


def _counts_them(question: str, sentence: str, around: str) -> bool:
    """Whether a text with a number may count what the question asks for."""
    if _COUNT.search(question) and not _OCCURS.search(sentence):
        return False
    # "How many of the sites are closed?" is not answered by a closed site's number of beds.
    of = _HOW_MANY_OF.search(question)
    things = [word[:6].rstrip("s") for word in re.findall(r"\w{4,}", of[1].lower())] if of else []
    return not things or any(thing in around.lower() for thing in things)
