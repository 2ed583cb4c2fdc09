"""Language: which of five ways of writing a text is in, decided by evidence anyone can read.

Function words decide, for they are what a writer does not choose: `wach` and `dyal` around
French nouns make Darija, not French. Endings and letters only weigh in when few words are known.
The lists are our own and short on purpose; a wrong verdict is corrected by adding a word.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ingest.fold import fold

Language = Literal["fr", "ar", "en", "ary", "ary-latn"]
Script = Literal["arab", "latn"]

_READ_AT_MOST = 4000
_FUNCTION, _MARKER, _HINT = 1.0, 2.0, 0.4


@dataclass(frozen=True, slots=True)
class Detected:
    """The verdict. `ary` is Darija in Arabic letters, `ary-latn` in Latin ones.

    `confidence` is the winner's share of the evidence found, from 0 to 1; 0 means that there was
    none (a number, a code, a name) and that `language` is only what the script suggests.
    """

    language: Language
    script: Script
    confidence: float


def detect(text: str) -> Detected:
    """Detect the language of a question or a document (its first 4,000 characters)."""
    head = text[:_READ_AT_MOST]
    words = _WORD.findall(fold(head))
    script = _script(words)
    scores = _scores(words, head)
    total = sum(scores.values())
    if total == 0:
        return Detected("ar" if script == "arab" else "fr", script, 0.0)
    best = max(_PREFERENCE, key=lambda language: scores[language])
    return Detected(best, script, round(scores[best] / total, 3))


def written_language(text: str) -> Literal["fr", "ar", "en"]:
    """The ISO 639-1 language for a document: Darija counts as Arabic."""
    language = detect(text).language
    return language if language in ("fr", "en") else "ar"


def language_of(text: str, around: str) -> str:
    """The language of a piece of a text whose language `around` it is known.

    It is another one only where that is sure: letters of another script in several words, or a
    sentence of clear words. A name, a code or a title in between changes nothing.
    """
    arabic, latin = len(_ARABIC_WORD.findall(text)), len(_LATIN_WORD.findall(text))
    if arabic > latin:
        return "ar" if arabic >= _SOME else around
    if latin < (_SOME if around == "ar" else _MANY):
        return around
    found = detect(text)
    is_sure = found.confidence >= _SURE and found.language in ("fr", "en")
    return found.language if is_sure else around


_SOME, _MANY = 4, 8
_SURE = 0.8
_ARABIC_WORD = re.compile("[ء-ي]{2,}")
_LATIN_WORD = re.compile("[A-Za-zÀ-ÿ]{2,}")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_PREFERENCE: tuple[Language, ...] = ("ar", "ary", "ary-latn", "fr", "en")


def _words(*lines: str) -> frozenset[str]:
    return frozenset(fold(word) for line in lines for word in line.split())


_DARIJA = _words(
    "واش شنو شنوا شنهو شنهي اشنو آش اش كيفاش فين فينا فوقاش وقتاش علاش لاش شحال بشحال قداش ديال",
    "ديالي ديالك ديالو ديالها ديالنا ديالكم ديالهم دياول تاع نتاع باش بغيت بغا بغينا بغيتو",
    "خاصني خصني خصنا خاصنا خاصك خصك خاصها كاين كاينة كاينين اللي دابا حيت راه راها راني راهم",
    "هاد هادي هادو داك ديك هداك هديك شي ماشي مشي غادي غا بزاف شوية مزيان والو منين نتا نتي حنا",
    "هوما نتوما كيما بحال فاش ملي يلا تا حتا سمية سميت فلوس الفلوس ديوانة الديوانة ندير",
    "نديرو نصدر نصدّر نجيب نخلص نخلّص نرجع نرجّع نمشي نعرف نسول نبيع نشري عطيني عطيوني قولي",
    "گولي وريني فهمني عافاك شكون شمن مكاينش ماكاينش معنديش ماعنديش كنصدر كنبيع كتعاون ديما وخا",
    "واخا صافي لاواه بلاصة هادشي داكشي علاه ف",
)
_DARIJA_FORM = re.compile(r"ما[ء-ي]{2,}ش|[كت][ينت][ء-ي]{3,}و|كن[ء-ي]{3,}|كي[ء-ي]{3,}|كت[ء-ي]{4,}")
_ARABIC = _words(
    "هل ما ماذا من كيف أين متى لماذا كم أي أية هو هي هم هذا هذه ذلك تلك هؤلاء التي الذي الذين",
    "اللذان في إلى على عن مع بين عند عبر حول خلال قبل بعد منذ حتى ضمن لدى دون نحو ضد بدون حسب",
    "وفق وفقا بموجب أن إن أنّ لأن كان كانت يكون تكون ليس ليست لم لن لا قد سوف أو ثم بل لكن كما",
    "يجب يمكن يمكنني يمكننا أريد نريد أحتاج ينبغي لدي لدينا لديه هناك كل بعض غير نفس أثناء سيتم",
    "يتم تم جميع أهم عدد بشأن الخاصة الخاص المتعلق المتعلقة لكي كي فيها منها عليها بها به له",
    "لها عليه فيه منه والتي والذي وهل وما وكيف بتاريخ السنة الآن أكثر أقل إذا لو كيفية كيلو",
    "كيلوغرام كيلومتر كيميائية كيماوية كنتم كينيا كتابية كتابيا كيانات لي ستكون سيكون تعد يعد",
    "أستطيع أعرف أرجو ومن وفي وعلى وإلى بأن أنا نحن أنت هما",
)
_ARABIC_MARKERS = _words(
    "التي الذي الذين ماذا لماذا أريد يجب هذه هذا ليس سوف لدي ليست أين متى كيف هل يمكنني أحتاج",
    "ينبغي",
)
_ARABIZI = _words(
    "wach wash wesh chno chnou chnu chnowa chnahowa achno ashno chnahiya chnahia shno ach",
    "kifach kifash kif ki fin fine fayn feen 3lach 3lash 3la chhal ch7al shhal sh7al bchhal",
    "bch7al fo9ach fou9ach fuqash we9tach dyal dial dyali diali dyalek dialna dyalha dyalna",
    "dyalo dialo dyalhom bach bash bghit bghina bghat khassni khasni khassna khasna khass khas",
    "khssni khassha khassek kayn kayna kaynin kain kaina lli li daba 7it hit rah raha rani 3ndi",
    "3andi 3endi 3ndna 3ndha 3ndo 3ndek had hada hadi hadchi hadak dak dik chi shi machi mashi",
    "ghadi ghaydi bzaf bezzaf chwiya chwia mzyan mezyan walo walou mnin ila wla wella ola nta",
    "nti 7na hna howa hiya homa flous diwana douana ndir nsdr nsadder nsdar nkhles nkhelles",
    "njib nrje3 nmchi n9der nqder n3ref nbi3 nchri 3tini 3tiwni goli gouli chkon chkoun afak",
    "3afak lwe9t we9t kol koul bla m3a men mn fach melli kima b7al safi wakha aji salam labas",
    "khoya sal3a sel3a charika charikat lmghrib maghrib lmaghrib ma3ndich makaynch mkaynch",
    "fabor sana3a barra f l w u dyalkom kandir kanbi3 kansdr taman wra9 smiya smiyt smiytha",
    "wra9a nemra nmra chmen shmen lwra9 lawra9 nakhod nched nsift fiha fih 3liha 3lih ana kan",
    "kant ghir gha tsdir tsdar lblad blad wa7d wa7ed jdid kbir sghir",
)
_WEAK_ARABIZI = _words(
    "fine li hit had hada men mn f l w u ki kif shi ana salam kan fin ola ila dik dak hna bash",
    "ach",
)
_ARABIZI_FORM = re.compile(
    r"[a-z]+[23579][a-z0-9]*|[379][a-z]{2}[a-z0-9]*"  # a digit for a letter
    r"|l[bcdfgjkmnpqrstwxz][a-z]{2,}|ma[a-z0-9]{2,}[cs]h"  # the article, the negation
)
_NOT_ARABIZI = re.compile(r"[a-z]{1,5}\d+|\d+(?:st|nd|rd|th|er|eme|e|h|j|dh|dhs|mad)")
_FRENCH = _words(
    "à le la les un une des du de au aux ce cet cette ces mon ma mes son sa ses notre nos votre",
    "vos leur leurs je tu il elle on nous vous ils elles et ou mais donc car ni que qui quoi",
    "dont où quel quelle quels quelles comment combien pourquoi quand est sont était être avoir",
    "ai as ont avons avez fait faire faut peut puis peux pouvons pouvez doit dois doivent dans",
    "en par pour sur sous avec sans vers chez entre avant après depuis pendant selon contre ne",
    "pas plus moins très aussi encore déjà toujours se si y lui même tout tous toute toutes",
    "autre autres cela ça parle sera seront serait suis es sommes êtes comme afin ainsi lors",
    "dès jusqu'au veux voudrais d'abord quelqu'un existe bonjour merci svp donnez donne",
    "expliquez liste où-est",
)
_FRENCH_HINTS = _words(
    "douane douanes douanier entreprise entreprises exporter importer exportateur exportateurs",
    "importateur importateurs exportation exportations importation importations déclaration",
    "société sociétés marché marchés prix taxe taxes pays marchandise marchandises bureau aide",
    "subvention délai délais droits documents usine numéro téléphone certificat licence",
    "franchise commerce extérieur région régions produits artisanat tarif banque ministre",
    "ministère adresse assurance retard programme formulaire étude envoi achat vente coût frais",
    "textile tapis huile",
)
_ENGLISH = _words(
    "the a an of to in on at by for from with without and or but if then than that this these",
    "those which who whom whose what when where why how is are was were be been being am do",
    "does did done have has had having can could may might must shall should will would i you",
    "he she it we they me him her us them my your his its our their not no yes any some all",
    "each every there here as into onto over under between about after before during until",
    "while because since per don't isn't it's i'm what's who's need want get please tell give",
    "show much many",
)
_ENGLISH_HINTS = _words(
    "customs company companies exporter exporters importer importers shipping goods market",
    "markets price tax country countries office help hello thanks duty duties tariff trade",
    "foreign phone number rules rule deadline certificate origin fees cost abroad send ship buy",
    "sell exports exporting importing requirements invoice insurance scheme support bank form",
    "name minister ministry exchange rate rates today medical devices address ignore previous",
    "instructions penalties late saffron carpets rugs oil olive agreement agreements free law",
    "study report steps figures jobs regions new year years per craft handicraft food safety",
    "label list meaning",
)
_SHARED_LATIN = _words("a on me la son ma sa as an y de est or an si se es") & (_FRENCH & _ENGLISH)
_ELISION = re.compile(r"(?:[ldnmtscj]|qu|jusqu|lorsqu|puisqu)'[a-z0-9]+")
_FRENCH_END = re.compile(
    r"[a-z]{2,}(?:(?:i|ss|ell|all)ements?|eus[et]?s?|eurs?|aires?|iques?|ez|aux|elles?|[^a]ir)"
)
_ENGLISH_END = re.compile(r"[a-z]{2,}(?:ings?|ness|ships?|ghts?|ly|ties|th|wn|ck)")
_FRENCH_LETTERS = re.compile(r"[àâçèêëîïôùûœ]|é", re.IGNORECASE)


def _script(words: Iterable[str]) -> Script:
    letters = "".join(words)
    arabic = sum("ء" <= letter <= "ۿ" for letter in letters)
    latin = sum("a" <= letter <= "z" for letter in letters)
    return "arab" if arabic > latin else "latn"


def _scores(words: list[str], text: str) -> dict[Language, float]:
    scores: dict[Language, float] = dict.fromkeys(_PREFERENCE, 0.0)
    for word in words:
        if "ء" <= word[0] <= "ۿ":
            _weigh_arabic(word, scores)
        else:
            _weigh_latin(word, scores)
    if scores["fr"] or not any(scores.values()):
        scores["fr"] += _HINT * min(2, len(_FRENCH_LETTERS.findall(text)))
    return scores


def _weigh_arabic(word: str, scores: dict[Language, float]) -> None:
    bare = word[1:] if word[0] in "وفبل" and len(word) > 3 else word
    if word in _DARIJA or bare in _DARIJA:
        scores["ary"] += _MARKER
    elif word in _ARABIC or bare in _ARABIC:
        scores["ar"] += _MARKER if {word, bare} & _ARABIC_MARKERS else _FUNCTION
    elif _DARIJA_FORM.fullmatch(word):
        scores["ary"] += _FUNCTION
    else:
        scores["ar"] += _HINT / 4


def _weigh_latin(word: str, scores: dict[Language, float]) -> None:
    if word in _ARABIZI and word not in _WEAK_ARABIZI:
        scores["ary-latn"] += _MARKER
    elif _ARABIZI_FORM.fullmatch(word) and not _NOT_ARABIZI.fullmatch(word):
        scores["ary-latn"] += _FUNCTION
    elif word in _WEAK_ARABIZI:
        scores["ary-latn"] += _HINT
    if word in _FRENCH or _ELISION.fullmatch(word):
        scores["fr"] += _HINT if word in _SHARED_LATIN else _FUNCTION
    elif word in _FRENCH_HINTS or _FRENCH_END.fullmatch(word):
        scores["fr"] += _HINT
    if word in _ENGLISH:
        scores["en"] += _HINT if word in _SHARED_LATIN else _FUNCTION
    elif word in _ENGLISH_HINTS or _ENGLISH_END.fullmatch(word):
        scores["en"] += _HINT
