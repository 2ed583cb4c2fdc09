"""Yes or no: whether a sentence denies, in French, Arabic, Darija and English."""

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
