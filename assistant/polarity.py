"""Yes or no, and within which bounds: what turns or narrows a sentence, in each language."""

import re

from ingest.fold import fold

_PROCLITIC = "[وف]?"
_DARIJA_VERB = "(?:ك|ت|ي|ن|عند|غاد|بغ|قدر|خاص)"
_NEGATIONS = re.compile(
    r"(?<!\w)(?:n'(?=\w)|(?:"
    r"ne|pas|aucun|aucune|jamais|sans|ni|non|"
    r"not|no(?!\.)|never|without|neither|nor|cannot|\w+n't|"
    rf"{_PROCLITIC}(?:لا|لم|لن|ليس|ليست|ليسوا|غير|دون|بدون|ما|ماشي|بلا)|"
    rf"{_PROCLITIC}ما{_DARIJA_VERB}\w*ش|{_PROCLITIC}م(?:ك|عند|غاد|بغ|قدر|خاص)\w*ش|"
    r"machi|bla|ma(?!rch|rrakech|tch|ch(?!\w))\w*ch"
    r")(?!\w))"
)


def negated(text: str) -> bool:
    """Whether `text` holds a word of negation; a double negation counts as one."""
    return _NEGATIONS.search(fold(text)) is not None


_BOUNDS = re.compile(
    r"(?<!\w)(?:"
    r"sauf|seul|seule|seuls|seules|seulement|uniquement|hormis|hors|exceptee?s?|avant|apres|jusqu|"
    r"depuis|moins|plus|minimum|maximum|depasse|depassent|environ|peut|peuvent|doit|doivent|"
    r"pourra|pourrait|devra|devrait|"
    r"only|except|excluding|unless|before|after|until|since|less|more|least|most|exceed|exceeds|"
    r"about|may|might|can|could|must|should|shall|will|would|"
    rf"{_PROCLITIC}(?:الا|فقط|باستثناء|سوي|قبل|بعد|حتي|منذ|اقل|اكثر|حوالي|يمكن|يجب|يجوز|ينبغي)"
    r")(?!\w)"
)
_LOOKALIKES = (
    (re.compile(r"\b[Dd]ès\b"), "depuis"),
    (re.compile(r"\bCE\b"), "conformité européenne"),
)


def told_apart(text: str) -> str:
    """`text` with other words for those that folding confuses: "dès" and "des", "CE" and "ce"."""
    for pattern, words in _LOOKALIKES:
        text = pattern.sub(words, text)
    return text


def bounds(text: str) -> frozenset[str]:
    """The words that narrow what `text` says: exceptions, limits, before and after, may and must.

    A sentence that keeps the figure and loses "except", "at most" or "after" says something else.
    """
    words = fold(told_apart(text)).replace("'", " ")
    return frozenset(match.group() for match in _BOUNDS.finditer(words))


_QUALIFIERS = re.compile(
    r"(?<!\w)(?:"
    r"si|sinon|conditions?|reserve|cas|lorsqu\w*|quand|tant|faute|defaut|ils?|elles?|"
    r"ce|cet|cette|ces|celui|celle|ceux|celles|"
    r"remplac\w+|abrog\w+|passee?|ancien\w*|annonce\w*|prevue?s?|"
    r"provisoires?|provisional|estim\w+|projet|draft|"
    r"if|otherwise|provided|subject|case|when|it|they|this|that|these|those|such|"
    r"replac\w+|repeal\w*|supersed\w*|past|former\w*|expired?|announced|planned|proposed|"
    rf"{_PROCLITIC}(?:اذا|لو|شرط|بشرط|شريطه|شروط|حاله|عندما|هذا|هذه|ذلك|تلك|هو|هي|"
    r"حل|حلت|عوض\w*|الغ\w+|نسخ|نسخت|انته\w+|مض\w+|السابق\w*|اعلن\w*|مرتقب\w*)"
    r")(?!\w)"
)


def qualified(text: str) -> bool:
    """Whether `text` sets a condition, points back, or tells that something is past or to come.

    Such words say how what stands before them holds, so they may not be lost.
    """
    return _QUALIFIERS.search(fold(told_apart(text)).replace("'", " ")) is not None
