"""Yes or no, and within which bounds: what turns or narrows a sentence, in each language."""

import re

from ingest.fold import fold

_PROCLITIC = "[وف]?"
_DARIJA_VERB = "(?:ك|ت|ي|ن|عند|غاد|بغ|قدر|خاص)"
_NEGATIONS = re.compile(
    r"(?<!\w)(?:n'(?=\w)|(?:"
    r"ne|pas|aucun|aucune|jamais|sans|ni|non|"
    r"not|no|never|without|neither|nor|cannot|\w+n't|"
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
    r"sauf|seul|seule|seuls|seules|seulement|uniquement|hormis|excepte|avant|apres|jusqu|des|depuis|"
    r"moins|plus|minimum|maximum|depasse|depassent|environ|peut|peuvent|doit|doivent|"
    r"only|except|unless|before|after|until|since|less|more|least|most|exceed|exceeds|about|"
    r"may|might|can|must|should|shall|"
    rf"{_PROCLITIC}(?:الا|فقط|باستثناء|سوي|قبل|بعد|حتي|منذ|اقل|اكثر|حوالي|يمكن|يجب|يجوز|ينبغي)"
    r")(?!\w)"
)


def bounds(text: str) -> frozenset[str]:
    """The words that narrow what `text` says: exceptions, limits, before and after, may and must.

    A sentence that keeps the figure and loses "except", "at most" or "after" says something else.
    """
    return frozenset(match.group() for match in _BOUNDS.finditer(fold(text).replace("'", " ")))
