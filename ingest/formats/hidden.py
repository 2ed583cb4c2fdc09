"""Hidden: what a web page holds but does not show to a person."""

import re

from lxml.html import HtmlElement


def is_hidden(element: HtmlElement) -> bool:
    """Whether an element says of itself that its words are not to be seen.

    Only what stands on the element is asked: style sheets hide tabs and menus in good faith.
    """
    if element.get("hidden") is not None or element.get("aria-hidden", "").lower() == "true":
        return True
    style = element.get("style", "").lower()
    return bool(_UNSEEN.search(style)) or _is_white_on_white(element, style)


_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|(?<![\w-])opacity\s*:\s*0*(?:\.0+)?\s*(?:;|!|$)"
    r"|font-size\s*:\s*(?:0*(?:\.\d+)?|1)(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|(?<![\w-])(?:left|right|top|bottom|text-indent|margin(?:-left|-top|-right)?)\s*:\s*-\d{3,}"
    r"|clip(?:-path)?\s*:\s*(?:rect\(\s*0|inset\(\s*(?:50|100)%)"
    r"|(?<![\w-])(?:max-)?(?:height|width)\s*:\s*[01](?:px)?\s*(?:;|!|$)"
)
_WHITE = re.compile(
    r"(?<![\w-])color\s*:\s*(?:white|#f{3}(?:f{3})?(?![\da-f])|transparent"
    r"|rgba?\(\s*255[,\s]+255[,\s]+255|rgba\([^)]*,\s*0(?:\.0+)?\s*\))"
)


def _is_white_on_white(element: HtmlElement, style: str) -> bool:
    """Whether words are white and nothing around them can make the ground dark.

    A class could, for its style is written elsewhere.
    """
    font = element.get("color", "").lower() in {"white", "#fff", "#ffffff"}
    if not font and not _WHITE.search(style):
        return False
    for one in (element, *element.iterancestors()):
        ground = _GROUND.search(one.get("style", "").lower())
        if ground:
            return _WHITES.search(ground[1]) is not None
        if one.get("bgcolor") or one.get("background") or one.get("class"):
            return False
    return True


_GROUND = re.compile(r"background(?:-color)?\s*:([^;]*)")
_WHITES = re.compile(r"white|#f{3}(?:f{3})?(?![\da-f])|transparent|none|255[,\s]+255[,\s]+255")
