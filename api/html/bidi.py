"""Bidi: text of either direction in one page, its figures and foreign words kept in order."""

import re

from markupsafe import Markup, escape

_RTL = frozenset({"ar", "ary"})
_JOINTS = r".,:/\-–\u00a0\u202f "
_FIGURE = rf"\+?\d+(?:[{_JOINTS}]\d+)*%?"
_LATIN = r"A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_WORDS = rf"\d*[{_LATIN}](?:[{_LATIN}\d{_JOINTS}@+_%&?=#'’]*[{_LATIN}\d%])?"
_FIGURES = re.compile(rf"(?P<figure>{_FIGURE})")
_FOREIGN = re.compile(rf"(?P<words>{_WORDS})|(?P<figure>{_FIGURE})")
_STRONG = re.compile(rf"[{_LATIN}]|(?P<arabic>[\u0620-\u064a\u0671-\u06d3])")


def isolated(text: str, language: str | None = None) -> Markup:
    """Escaped text whose figures, and within Arabic whose Latin words, are isolated.

    Otherwise `NM 08.0.800` and telephone numbers come out back to front. Without a language the
    first letter decides, as it does for the direction of such text.
    """
    parts, place = [], 0
    for run in (_FOREIGN if _is_rtl(text, language) else _FIGURES).finditer(text):
        parts += [
            escape(text[place : run.start()]),
            Markup('<bdi dir="ltr" class="{}">{}</bdi>').format(run.lastgroup, run[0]),
        ]
        place = run.end()
    return Markup("").join([*parts, escape(text[place:])])


def _is_rtl(text: str, language: str | None) -> bool:
    if language is not None:
        return language in _RTL
    first = _STRONG.search(text)
    return first is not None and first["arabic"] is not None


def tongue(language: str) -> Markup:
    """The attributes that give an element its language and direction.

    Other languages than Arabic leave the direction to the first letter, for people mix.
    """
    tag = {"ary-latn": "ary-Latn"}.get(language, language)
    return Markup('lang="{}" dir="{}"').format(tag, "rtl" if language in _RTL else "auto")
