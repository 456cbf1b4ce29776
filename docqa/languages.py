"""The language of a text, by its script and its function words (pure).

A reader is trained in one language or several; elsewhere its probabilities mean nothing. A language is told by the
words that any text in it has, as in Grefenstette (1995), "Comparing two language identification schemes". In doubt
none is told: a false warning on an English text costs more than a missing one.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import NamedTuple


class _Language(NamedTuple):
    """A language: its code (ISO 639-1), English name, question words and auxiliary verbs, and other function words."""

    code: str
    name: str
    asking: frozenset[str]
    others: frozenset[str]


def _language(code: str, name: str, asking: str, others: str) -> _Language:
    return _Language(code, name, frozenset(asking.split()), frozenset(others.split()))


def _words(text: str) -> list[str]:
    """The words of a text, "l'" of "l'an" too, without single letters of English, which are often variables."""
    return [word for word in _WORD.findall(text.casefold().replace("’", "'")) if len(word) > 1 or word > "z"]


_ENGLISH = _language(
    "en",
    "English",
    "who whom whose what when where which why how is are was were do does did can could may must shall should will "
    "would has have had many much long often",
    "the of and a an to in for on with by from at as or if not that this it its be been any all there than no into "
    "under per between after before during i my me we our you your they their he his she her us them so am out up",
)
_OTHERS = (
    _language(
        "de",
        "German",
        "wer wen wem wessen was wann wo wie warum wieso welche welcher welches welchen welchem wieviel woher wohin "
        "worüber wofür womit ist sind war waren wird werden wurde wurden hat haben hatte kann können darf dürfen muss "
        "müssen soll sollen gibt gilt",
        "der die das den dem des ein eine einen einem einer eines und oder nicht im zum zur von vom mit für auf aus "
        "bei nach über unter durch auch sich es er sie ich wir man nur noch als wenn dass daß kein keine an in zu bis",
    ),
    _language(
        "fr",
        "French",
        "qui que quoi quand où comment pourquoi quel quelle quels quelles combien lequel laquelle est sont était "
        "étaient sera seront a ont avait peut peuvent doit doivent faut",
        "le la les l' un une des du de d' et ou ne pas au aux en dans sur sous par pour avec sans ce cette ces cet son "
        "sa ses leur leurs il elle ils elles je nous vous se qu' s' c' n' on plus entre après avant été être",
    ),
    _language(
        "es",
        "Spanish",
        "quién quien quiénes qué cuándo cuando dónde donde cómo como cuál cuáles cuánto cuánta cuántos cuántas es son "
        "está están era fue fueron será ha han había hay puede pueden debe deben tiene",
        "el la los las lo un una unos unas de del y o no al en con por para sin sobre entre que se su sus este esta "
        "estos estas le les si más pero ya porque desde hasta",
    ),
    _language(
        "it",
        "Italian",
        "chi che cosa quando dove come perché quale quali quanto quanta quanti quante qual è sono era erano sarà ha "
        "hanno aveva può possono deve devono",
        "il lo la gli le un uno una di del dello della dei degli delle dell' da dal dalla dall' non al allo alla all' "
        "ai agli alle in nel nella nei nelle nell' con su sul sulla per tra fra si questo questa questi queste anche "
        "più ma cui l' un'",
    ),
    _language(
        "pt",
        "Portuguese",
        "quem que quê quando onde como porque qual quais quanto quanta quantos quantas é são está estão era foi foram "
        "será tem têm há pode podem deve devem",
        "o a os as um uma uns umas de do da dos das e ou não ao aos à às em no na nos nas num numa com por para pelo "
        "pela pelos pelas sem sobre entre se seu sua seus suas este esta esse essa mais mas até",
    ),
    _language(
        "nl",
        "Dutch",
        "wie wat wanneer waar waarom hoe welke welk hoeveel waarvoor is zijn was waren wordt worden werd heeft hebben "
        "had kan kunnen mag mogen moet moeten zal zullen",
        "de het een en of niet van in op te voor met aan door bij naar uit over onder tot ook er die dat deze dit zich "
        "hij zij ze ik wij we men als om maar nog geen uw",
    ),
    _language(
        "sv",
        "Swedish",
        "vem vilka vilken vilket vad när var hur varför är ska skall kan måste får har hade blir blev finns många "
        "mycket",
        "och i att en ett som på av med till den det för de inte om från vid eller men så sig han hon vi jag ni denna "
        "detta dessa under efter mellan",
    ),
    _language(
        "da",
        "Danish",
        "hvem hvad hvornår hvor hvordan hvorfor hvilken hvilke hvilket er var skal kan må bliver blev har havde "
        "findes mange meget",
        "og i at en et som på af med til den det for de ikke om fra ved eller men så sig han hun vi jeg denne dette "
        "disse efter mellem",
    ),
    _language(
        "nb",
        "Norwegian",
        "hvem hva når hvor hvordan hvorfor hvilken hvilke hvilket er var skal kan må blir ble har hadde finnes mange "
        "mye",
        "og i å at en et ei som på av med til den det for de ikke om fra ved eller men så seg han hun vi jeg denne "
        "dette disse etter mellom",
    ),
    _language(
        "fi",
        "Finnish",
        "kuka kenen mikä mitä mitkä milloin missä mistä mihin miten miksi kuinka paljonko montako on ovat oli olivat "
        "onko voiko voi voidaan saa pitää täytyy",
        "ja ei se sen että joka jotka kun tai sekä mutta myös ole olla hän he ne tämä tämän niin kuin jos mukaan "
        "sitä sekä ovat vain siitä",
    ),
    _language(
        "pl",
        "Polish",
        "kto kogo co czego kiedy gdzie jak jaki jaka jakie dlaczego który która które ile czy jest są był była było "
        "były będzie może mogą musi ma",
        "i w na z ze do nie się że o od po przez dla oraz lub a ale za przy jako to tego tym ten ta te jego jej ich "
        "jeśli który której których pod przed",
    ),
    _language(
        "cs",
        "Czech",
        "kdo koho co čeho kdy kde jak jaký jaká jaké proč který která které kolik je jsou byl byla bylo byly bude "
        "může mohou musí má zda",
        "a v ve na z ze do ne se že o od po pro nebo i ale za při jako to toho ten ta s k ke jeho její jejich pokud "
        "která kterou které si však pod před",
    ),
    _language(
        "sk",
        "Slovak",
        "kto koho čo čoho kedy kde ako aký aká aké prečo ktorý ktorá ktoré koľko je sú bol bola bolo boli bude môže "
        "môžu musí má či",
        "a v vo na z zo do nie sa že o od po pre alebo aj ale za pri to toho ten tá s k ku jeho jej ich ak ktorú si "
        "však pod pred",
    ),
    _language(
        "hu",
        "Hungarian",
        "ki kik kit mi mit milyen mikor hol hogyan miért melyik mennyi hány mekkora van vannak volt voltak lesz kell "
        "lehet",
        "a az és hogy nem is egy vagy ez ezt azt meg csak már még el de ha mint szerint között után által ami amely "
        "valamint való",
    ),
    _language(
        "ro",
        "Romanian",
        "cine ce când unde cum care cât câtă câți câte este sunt era erau va vor are au avea poate pot trebuie",
        "și si de la în in cu pe nu din pentru un o al ale a sau se să mai că prin sub între după lui lor prin "
        "acest această aceste ca dintre",
    ),
    _language(
        "tr",
        "Turkish",
        "kim kimin ne nedir zaman nerede nasıl neden niçin hangi hangisi kaç kaçtır kadar mı mi mu mü midir var yok "
        "vardır",
        "ve bir bu da de için ile olarak olan olduğu gibi daha en çok veya ya her o şu ise göre sonra değil tarafından "
        "kadar ancak",
    ),
    _language(
        "hr",
        "Croatian or Serbian",
        "tko ko što šta kada gdje gde kako zašto koji koja koje koliko je su bio bila bilo bili će može mogu mora ima",
        "i u na s sa za od do iz po o ne da se ili a ali kao to koji kojim njegov svoj ako pri prema nije nisu te",
    ),
    _language(
        "sl",
        "Slovenian",
        "kdo koga kaj česa kdaj kje kako kakšen kakšna zakaj kateri katera koliko je so bil bila bilo bili bo lahko "
        "mora ima ali",
        "in na za iz od do po pri ne da se ki ko kot to ta te tega tudi pa če ter ni njegov njihov pred med zaradi med "
        "vendar",
    ),
    _language(
        "et",
        "Estonian",
        "kes kelle mis mida millal kus kuidas miks milline mitu kui kas on oli olid võib saab peab tuleb",
        "ja ei et see seda selle need ning või aga mis oma ka ole olla ta nad nii kui jooksul alates kuni järgi ainult "
        "sest",
    ),
    _language(
        "lt",
        "Lithuanian",
        "kas ką kada kur kaip kodėl koks kokia kuris kuri kiek yra buvo bus gali turi ar",
        "ir į iš su už nuo iki per po prie ne kad tai tas ta arba bet dėl pagal apie jo jos jų taip pat savo šis ši "
        "kurie",
    ),
    _language(
        "lv",
        "Latvian",
        "kas ko kad kur kā kāpēc kāds kāda kurš kura cik ir bija būs var jābūt vai",
        "un uz no ar par pie pēc pirms līdz ne nav ka tas tā šis šī bet gan arī savu viņa to tiek lai ja",
    ),
    _language(
        "id",
        "Indonesian or Malay",
        "siapa apa kapan bila di mana dimana bagaimana mengapa kenapa berapa adakah apakah adalah ialah ada dapat "
        "boleh harus akan",
        "yang dan dari untuk dengan pada ke dalam ini itu tidak oleh atau sebagai juga telah bahwa tersebut para "
        "karena lebih antara seperti",
    ),
    _language(
        "ca",
        "Catalan",
        "qui què quan on com quin quina quins quines quant quants és són era van va ha han pot poden cal",
        "el la els les l' un una de del dels d' no al als en amb per a sense que es seu seva aquest aquesta més "
        "però entre fins",
    ),
    _language(
        "vi",
        "Vietnamese",
        "ai gì nào khi đâu sao tại bao nhiêu là có được phải",
        "và của các những một cho với trong không này đó từ đến người về như để đã sẽ theo",
    ),
    _language(
        "ru",
        "Russian",
        "кто кого что чего когда где как какой какая какие какое почему который сколько был была было были есть может "
        "должен",
        "и в на не с по для из от к у о за до или а но это при его их что как под если же так то",
    ),
    _language(
        "uk",
        "Ukrainian",
        "хто кого що чого коли де як який яка яке які чому котрий скільки був була було були є може повинен",
        "і й в у на не з із по для від до або а але це при його їх та за під якщо що як про ж",
    ),
    _language(
        "bg",
        "Bulgarian",
        "кой кого какво кога къде как каква какъв какви защо който колко е са беше бяха има може трябва",
        "и в на не с със по за от към у до или а но това при му те се да си като че",
    ),
)
_LANGUAGES = (_ENGLISH, *_OTHERS)
NAMES = {one.code: one.name for one in _LANGUAGES} | {
    "el": "Greek",
    "he": "Hebrew",
    "ar": "Arabic",
    "fa": "Persian",
    "hi": "Hindi",
    "th": "Thai",
    "zh": "Chinese",
    "ja": "Japanese",
    "ko": "Korean",
}
"""The English names of the languages that are told, by their codes (ISO 639-1)."""

_SCRIPTS = {
    "GREEK": "el",
    "HEBREW": "he",
    "ARABIC": "ar",
    "DEVANAGARI": "hi",
    "THAI": "th",
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
}
_CYRILLIC = "CYRILLIC"
_CYRILLIC_LANGUAGES = {one.code: one for one in _OTHERS if one.code in {"ru", "uk", "bg"}}
_WORD = re.compile(r"[^\W\d_]+(?:(?<=\b[a-z])'(?=\w)|(?<=\bqu)'(?=\w)|(?<=\b(?:un))'(?=\w)|(?<=ll)'(?=\w))?")
_SLICES, _SLICE = 10, 1_000  # What is looked at of a long text: so many slices of so many characters.
_LEAST_WORDS = 30  # A text of fewer words is not judged.
_SCRIPT_SHARE = 0.6
"""Share of the letters from which on a text is in their script: Japanese has Latin names, English has Greek letters."""
_SHARE, _DISTINCT, _TIMES = 0.08, 6, 2.5
"""A text is in a language if this share of its words, so many of them distinct, and so many times as many as English
ones, are that language's function words. In real texts the share is 15 to 45%."""


def language_of(text: str) -> str | None:
    """The code of the language that a text is in for the most part; None if that can't be told, or the text is short.

    A script that is no known language's is told by its name in lower case. Only a sample of a long text is looked at.
    """
    sample = _sample(text)
    words = _words(sample)
    if len(words) < _LEAST_WORDS and len(sample) < 200:
        return None
    script = _script_of(sample)
    if script is not None:
        return script
    if len(words) < _LEAST_WORDS:
        return None
    counts = Counter(words)
    found = {one.code: [word for word in counts if word in one.asking or word in one.others] for one in _LANGUAGES}
    totals = {code: sum(counts[word] for word in distinct) for code, distinct in found.items()}
    best = max(totals, key=lambda code: totals[code])
    if totals[best] < _SHARE * len(words) or len(found[best]) < _DISTINCT:
        return None
    return best if best == "en" or totals[best] >= _TIMES * totals["en"] else None


def language_of_question(question: str) -> str | None:
    """The code of the language of a question; None if that can't be told, as of "Los Angeles: height?".

    It must have a question word or an auxiliary verb of the language, and two function words more than it has English
    ones; or begin with a question word that is no English word, and have no English function word at all.
    """
    script = _script_of(question)
    if script is not None:
        return script
    words = dict.fromkeys(_words(question))
    asking = {one.code: sum(word in one.asking for word in words) for one in _LANGUAGES}
    totals = {one.code: asking[one.code] + sum(word in one.others for word in words) for one in _LANGUAGES}
    best = max((code for code in totals if code != "en"), key=lambda code: (totals[code], asking[code]))
    if totals["en"] >= totals[best]:
        return "en" if totals["en"] else None
    if asking[best] and totals[best] - totals["en"] >= 2:
        return best
    first = next(iter(words), "")
    begins = [one.code for one in _OTHERS if first in one.asking]
    unmistakable = len(begins) == 1 and len(first) > 4 and first != "comment" and len(words) > 2 and not totals["en"]
    return begins[0] if unmistakable else None


def language_name(code: str) -> str:
    """The English name of a language or, for a script that is no known language's, of the script."""
    return NAMES.get(code, code.capitalize())


def _sample(text: str) -> str:
    if len(text) <= _SLICES * _SLICE:
        return text
    step = len(text) // _SLICES
    return " ".join(text[start : start + _SLICE] for start in range(0, step * _SLICES, step))


def _script_of(text: str) -> str | None:
    """The language of a text that is not in Latin letters, else None; for Cyrillic by its words."""
    letters = [c for c in text if c.isalpha()]
    scripts = Counter(_script(c) for c in letters)
    if len(letters) < 3 or scripts["LATIN"] > (1 - _SCRIPT_SHARE) * len(letters):
        return None
    script, count = scripts.most_common(1)[0]
    if script in {"CJK", "HIRAGANA", "KATAKANA"}:
        japanese = scripts["HIRAGANA"] + scripts["KATAKANA"]
        count = scripts["CJK"] + japanese
        script = "HIRAGANA" if japanese > 0.1 * count else "CJK"
    if script == "LATIN" or count < _SCRIPT_SHARE * len(letters):
        return None
    if script == "ARABIC":
        return "fa" if sum(c in "پچژگکی" for c in letters) > 0.02 * count else "ar"
    if script == _CYRILLIC:
        words = Counter(_words(text))
        totals = {c: sum(words[w] for w in one.asking | one.others) for c, one in _CYRILLIC_LANGUAGES.items()}
        best = max(totals, key=lambda code: totals[code])
        return best if totals[best] else script.lower()
    return _SCRIPTS.get(script, script.lower())


@lru_cache(maxsize=1 << 14)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]
