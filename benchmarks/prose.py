"""Generated prose about fictional places: facts with a question each, and filler to hide them in.

A fact states one relation of one place. Its question uses other words in another order, and may use another form of the
place's name. The filler has sentences of the same forms about other places, and sentences that mention the places asked
about without answering anything, so matching the words of the question is not enough.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


KINDS = _words(
    "Mill Bridge Chapel Observatory Quarry School Ferry Lighthouse Orchard Brewery Library Theatre Garden Workshop "
    "Warehouse Tannery Foundry Viaduct Mint Granary Sawmill Infirmary Archive Smithy"
)
_ONSETS = _words("B Br C Cr D Dr F Fl G Gr H K L M N P Pr R S Sk St T Tr V W Y")
_VOWELS = _words("a e i o u ae ea io au")
_MIDDLES = _words("l r n m d v s th lm rn nd st rv sk ld mb")
_ENDS = _words("wick mere fell stow by ham dale ane or en is unt ock ard eth")
_GIVEN = _words(
    "Ada Bram Celia Dorian Edda Florin Greta Hollis Ines Jarek Kaia Lorcan Mina Nils Oriel Petra Quill Runa Silas "
    "Tova Ulric Vesna Wystan Ysolde Zeno Amabel Corwin Delphine Emeric Hanne"
)
_MATERIALS = _phrases(
    "grey slate|yellow brick|river cobbles|larch planks|rammed earth|pink granite|black basalt|lime-washed clay|"
    "sandstone blocks|reclaimed ship timber|flint and mortar|copper sheeting|cast iron plates|pressed straw"
)
_OBJECTS = _phrases(
    "a silver astrolabe|the drowned bell|a map drawn on birch bark|the seven-stringed viol|a cabinet of moths|"
    "an ivory chess set|the brass tide table|a loom without nails|the weaver's ledger|a stuffed heron|"
    "the glass harmonica|a tapestry of the four winds|a clock with one hand|the ropemaker's knife"
)
_CAUSES = _phrases(
    "a landslide in the spring|a quarrel among its owners|the collapse of its roof|an outbreak of fever|"
    "a fire in the drying loft|the drought of three summers|a rise in the price of coal|the loss of its licence|"
    "a flood that took the road|the death of its last tenant|a dispute over tolls|swarms of beetles in the beams"
)
_GOODS = _phrases(
    "candles|barley|felt hats|salted eels|beeswax|roof tiles|parchment|copper nails|dried plums|sailcloth|"
    "mustard seed|oak barrels|linen thread|millstones|blue dye|walnut oil"
)
_DAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday")
_ADJECTIVES = _words(
    "patient narrow quiet damp reluctant crooked generous faded brisk weathered modest uneven stubborn cheerful remote "
    "sheltered draughty dusty handsome battered gloomy tidy shallow ancient neglected busy drowsy solid fragile "
    "curious hurried pale sturdy local seasonal ordinary"
)
_NOUNS = _words(
    "carter surveyor ledger hedge cellar parish road harvest lantern stable chimney ditch clerk visitor gate wagon "
    "neighbour orchard path roof garden dog market window staircase field letter account ladder barn inspector season "
    "rumour committee meadow kitchen wall bench kettle drover tenant fence almanac map widow apprentice"
)
_VERBS = _words(
    "repaired ignored remembered described measured avoided crossed painted counted borrowed watched forgot praised "
    "cleared inspected blamed mended overlooked admired surrounded sketched resented drained followed"
)
_ADVERBS = _phrases("slowly|seldom|openly|twice|gladly|rarely|carefully|in silence|before noon|without haste|in turn")
_TIMES = _phrases(
    "In the wet months|After the fair|During the second survey|By the following week|On the coldest mornings|"
    "Long before the road was paved|At the end of the season|Toward evening|When the rains held off|"
    "In most years|Between two harvests|Since the enclosure"
)
_OPINIONS = _phrases(
    "it was hardly worth the trouble|nobody could say why|the parish kept no record of it|few complained|"
    "the older people disagreed|the matter was left there|it made little difference in the end|"
    "the weather decided the rest|a second opinion was never sought|the custom has since died out"
)

_NAMESAKES, _NAMED = 2, 2  # Decoys of each sort per place.


@dataclass(frozen=True, slots=True)
class Place:
    """A place, whose name has two forms: "Torvane Mill" and "the mill at Torvane"."""

    stem: str
    kind: str

    @property
    def name(self) -> str:
        """The form used in the text."""
        return f"{self.stem} {self.kind}"

    @property
    def other(self) -> str:
        """The form that a question may use."""
        return f"the {self.kind.lower()} at {self.stem}"


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence, a question that it answers, and the answer verbatim from the sentence."""

    sentence: str
    question: str
    answer: str

    @property
    def accepted(self) -> tuple[str, ...]:
        """All accepted answers: for "2,443 visitors" and "River Norvane" also "2,443" and "Norvane"."""
        first, _, rest = self.answer.partition(" ")
        shorter = rest if first == "River" else first if first.replace(",", "").isdigit() else ""
        return (self.answer, shorter) if shorter and shorter != self.answer else (self.answer,)


@dataclass(frozen=True, slots=True)
class _Relation:
    """A relation of a place: templates of sentences and questions, and a function that draws an answer."""

    sentences: tuple[str, ...]
    questions: tuple[str, ...]
    draw: Callable[[random.Random], str]


def _person(chance: random.Random) -> str:
    return f"{chance.choice(_GIVEN)} {_stem(chance)}"


def _stem(chance: random.Random) -> str:
    middle = chance.choice(_VOWELS) + chance.choice(_MIDDLES) if chance.random() < 0.6 else ""
    return chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_MIDDLES) + middle + chance.choice(_ENDS)


def _one_of(values: tuple[str, ...]) -> Callable[[random.Random], str]:
    return lambda chance: chance.choice(values)


def _number(least: int, most: int, unit: str = "") -> Callable[[random.Random], str]:
    return lambda chance: f"{chance.randint(least, most):,}{unit}"


_RELATIONS = (
    _Relation(
        ("{place} was founded by {answer}, whose family had moved inland.", "It was {answer} who founded {place}."),
        ("Who established {place}?", "By whom was {place} set up?"),
        _person,
    ),
    _Relation(
        ("Work on {place} was completed in {answer}.", "In {answer} the last stone of {place} was laid."),
        ("In which year was {place} finished?", "When did the construction of {place} come to an end?"),
        lambda chance: str(chance.randint(1611, 1938)),
    ),
    _Relation(
        ("The rebuilding of {place} cost {answer}.", "{answer} went into the rebuilding of {place}."),
        ("How much money was spent on reconstructing {place}?", "What was the price of restoring {place}?"),
        _number(1200, 98000, " crowns"),
    ),
    _Relation(
        ("{answer} kept the keys of {place} until old age.", "The keys of {place} were entrusted to {answer}."),
        ("Who was the keyholder of {place}?", "Whose task was it to hold the keys to {place}?"),
        _person,
    ),
    _Relation(
        ("The walls of {place} are made of {answer}.", "They raised the walls of {place} in {answer}."),
        ("Which material were the walls of {place} built from?", "Out of what does the masonry of {place} consist?"),
        _one_of(_MATERIALS),
    ),
    _Relation(
        ("{place} stands on the left bank of the {answer}.", "Behind {place} flows the {answer}."),
        ("Which river runs past {place}?", "On the shore of what stream does {place} lie?"),
        lambda chance: f"River {_stem(chance)}",
    ),
    _Relation(
        ("In its best year {place} received {answer}.", "{answer} came to {place} in its best year."),
        ("How many people did {place} welcome at its peak?", "What was the record attendance of {place}?"),
        _number(310, 9800, " visitors"),
    ),
    _Relation(
        ("Among the things kept in {place} is {answer}.", "Whoever enters {place} is shown {answer}."),
        ("What object is preserved at {place}?", "What can be seen inside {place}?"),
        _one_of(_OBJECTS),
    ),
    _Relation(
        ("{place} closed after {answer}.", "What put an end to {place} was {answer}."),
        ("Why did {place} shut down?", "What caused {place} to be given up?"),
        _one_of(_CAUSES),
    ),
    _Relation(
        (
            "For a generation {place} supplied the valley with {answer}.",
            "It was for its {answer} that {place} was known.",
        ),
        ("What goods did {place} provide?", "Which product came from {place}?"),
        _one_of(_GOODS),
    ),
    _Relation(
        (
            "The gates of {place} are opened to the public every {answer}.",
            "Each {answer} anyone may walk into {place}.",
        ),
        ("On which day of the week can people visit {place}?", "Which weekday is {place} accessible?"),
        _one_of(_DAYS),
    ),
    _Relation(
        (
            "From floor to ridge {place} rises {answer}.",
            "Surveyors found that {place} is {answer} from floor to ridge.",
        ),
        ("How tall is {place}?", "What height does {place} reach?"),
        _number(7, 93, " metres"),
    ),
    _Relation(
        ("{place} was bought by {answer} at auction.", "At auction {place} fell to {answer}."),
        ("Who purchased {place}?", "Who became the owner of {place} in a public sale?"),
        _person,
    ),
    _Relation(
        ("The plans of {place} were drawn by {answer}.", "{answer} drew the plans of {place} in a single winter."),
        ("Who was the architect of {place}?", "Who designed {place}?"),
        _person,
    ),
    _Relation(
        ("In a normal month {place} employed {answer}.", "The wage book of {place} lists {answer}."),
        ("How many workers did {place} have?", "What was the size of the staff at {place}?"),
        _number(3, 240, " hands"),
    ),
)

_MENTIONS = (
    "The road to {place} is longer than the {noun} would have us believe.",
    "Nothing in the {noun} explains why {place} was left off the new map.",
    "From {place} one sees the {noun} and, on clear days, the {adjective} hills beyond.",
    "The {noun} near {place} was {adjective}, and {opinion}.",
    "A {adjective} {noun} once spoke at length about {place}, although {opinion}.",
    "{time} the {noun} passed {place} and {verb} the {noun2}.",
)

_FILLERS = (
    "{time} the {adjective} {noun} {verb} the {noun2}, and {opinion}.",
    "The {noun} {verb} a {adjective} {noun2} {adverb}.",
    "Neither the {noun} nor the {noun2} was {adjective} enough to be {verb}.",
    "It has been said that the {adjective} {noun} {verb} every {noun2} in the district, though {opinion}.",
    "{time} a {noun} was more {adjective} than any {noun2}.",
    "What the {noun} {verb}, the {noun2} {verb2} {adverb}.",
    "Of the {noun} there is less to tell: {opinion}.",
    "Whether the {noun2} was {adjective} or merely {adjective2}, {opinion}.",
    "{person} {verb} the {adjective} {noun} {adverb}.",
    "As {person} put it, a {noun} without a {noun2} is only {adjective}.",
    "The {noun} by the {noun2} was {verb} in {year}, and {opinion}.",
    "Some {count} paces on, the {noun} gives way to a {adjective} {noun2}.",
    "{time} {person} and {person2} {verb} the same {noun}.",
)


class Writer:
    """Generates prose from a seeded random generator: the same seed gives the same prose."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._stems: set[str] = set()
        self._asked: list[Place] = []

    def facts(self, count: int) -> list[Fact]:
        """Return facts about distinct places that the filler never mentions, cycling through the relations."""
        return [self._fact(_RELATIONS[number % len(_RELATIONS)]) for number in range(count)]

    def decoys(self) -> list[str]:
        """Return sentences that a search for the facts so far also finds, the same number for each place.

        They mention the place without answering anything, or state a fact about a namesake of another kind.
        """
        sentences = []
        for place in self._asked:
            others = self._chance.sample([kind for kind in KINDS if kind != place.kind], _NAMESAKES)
            sentences += [self._like_a_fact(Place(place.stem, kind)) for kind in others]
            sentences += [self._filled(template, place.name) for template in self._chance.sample(_MENTIONS, _NAMED)]
        return sentences

    def shuffled(self, sentences: list[str]) -> list[str]:
        """Return the sentences in random order."""
        return self._chance.sample(sentences, len(sentences))

    def paragraph(self, planted: list[str]) -> str:
        """Return four to eight sentences of filler, with the sentences `planted` among them."""
        sentences = [self._filler() for _ in range(self._chance.randint(4, 8))]
        for sentence in planted:
            sentences.insert(self._chance.randint(1, len(sentences)), sentence)
        return " ".join(sentences)

    def heading(self) -> str:
        """Return a heading of a few words."""
        adjective, noun, other = (self._chance.choice(words) for words in (_ADJECTIVES, _NOUNS, _NOUNS))
        return f"The {adjective} {noun} and the {other}".capitalize()

    def _fact(self, relation: _Relation) -> Fact:
        chance = self._chance
        place = self._new_place()
        self._asked.append(place)
        answer = relation.draw(chance)
        sentence = _sentence(chance.choice(relation.sentences), place, answer)
        called = chance.choice((place.name, place.other))
        return Fact(sentence, chance.choice(relation.questions).format(place=called), answer)

    def _new_place(self) -> Place:
        while (stem := _stem(self._chance)) in self._stems:
            pass
        self._stems.add(stem)
        return Place(stem, self._chance.choice(KINDS))

    def _filler(self) -> str:
        chance = self._chance
        kind = chance.random()
        if kind < 0.16:  # Has the form of a fact, about another place.
            return self._like_a_fact(self._new_place())
        if kind < 0.2:
            return self._filled(chance.choice(_MENTIONS), self._new_place().name)
        return self._filled(chance.choice(_FILLERS), "")

    def _like_a_fact(self, place: Place) -> str:
        relation = self._chance.choice(_RELATIONS)
        return _sentence(self._chance.choice(relation.sentences), place, relation.draw(self._chance))

    def _filled(self, template: str, place: str) -> str:
        chance = self._chance
        sentence = template.format(
            place=place,
            noun=chance.choice(_NOUNS),
            noun2=chance.choice(_NOUNS),
            adjective=chance.choice(_ADJECTIVES),
            adjective2=chance.choice(_ADJECTIVES),
            verb=chance.choice(_VERBS),
            verb2=chance.choice(_VERBS),
            adverb=chance.choice(_ADVERBS),
            time=chance.choice(_TIMES),
            opinion=chance.choice(_OPINIONS),
            person=_person(chance),
            person2=_person(chance),
            year=chance.randint(1611, 1938),
            count=chance.randint(12, 900),
        )
        return sentence[0].upper() + sentence[1:]


def _sentence(template: str, place: Place, answer: str) -> str:
    sentence = template.format(place=place.name, answer=answer)
    return sentence[0].upper() + sentence[1:]
