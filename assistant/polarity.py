"""Yes or no: whether a sentence denies, in French, Arabic, Darija and English."""

import re

from ingest.fold import fold

_PROCLITIC = "[وف]?"
_NEGATIONS = re.compile(
    r"(?<!\w)(?:"
    r"ne|n'|pas|aucun|aucune|jamais|sans|ni|non|"
    r"not|no|never|without|neither|nor|cannot|\w+n't|"
    rf"{_PROCLITIC}(?:لا|لم|لن|ليس|ليست|ليسوا|غير|دون|بدون|ما|ماشي|بلا)|(?:ما|م)\w+ش|"
    r"machi|bla|ma\w*ch"
    r")(?!\w)"
)


def negated(text: str) -> bool:
    """Whether `text` holds a word of negation; a double negation counts as one."""
    return _NEGATIONS.search(fold(text).replace("n'", "n' ")) is not None
