"""Landmarks: which parts of a web page are its text, and which only stand around it."""

from collections.abc import Iterator

from lxml.html import HtmlElement


def main_parts(page: HtmlElement) -> list[HtmlElement]:
    """The parts that hold the text: the first landmarks with a fair share of the page's words.

    A page without landmarks is its body, less what is links and little else.
    """
    body = page.find("body")
    whole = page if body is None else body
    total = len(read_words(whole))
    for landmark in _LANDMARKS:
        parts = [one for one in page.xpath(landmark) if not is_unread(one)]
        if parts and sum(len(read_words(part)) for part in parts) >= _ENOUGH * total:
            return parts
    for menu in [one for one in whole.iter("ul", "ol", "div", "header") if _is_menu(one)]:
        menu.drop_tree()
    return [whole]


def read_words(element: HtmlElement) -> list[str]:
    """The words in an element that are not those of a menu, a script or the like."""
    return " ".join(_texts(element)).split()


def is_unread(element: HtmlElement) -> bool:
    """Whether an element is a menu, a script, a field of a form: never text."""
    return element.tag in _UNREAD or element.get("role") in _UNREAD_ROLES


def tags(*lines: str) -> frozenset[str]:
    """Names, several on a line."""
    return frozenset(name for line in lines for name in line.split())


_UNREAD = tags(
    "script style noscript template head nav footer aside svg math iframe object embed applet",
    "canvas audio video picture img button select input textarea datalist dialog menu progress",
)
_UNREAD_ROLES = tags(
    "navigation banner contentinfo complementary search dialog alertdialog menu menubar"
)
_LANDMARKS = (
    "//main|//*[@role='main']",
    "//article[not(ancestor::article)]",
    "//*[@itemprop='articleBody']",
)
_ENOUGH = 0.25
_LINKED = 0.8


def _texts(element: HtmlElement) -> Iterator[str]:
    if is_unread(element):
        return
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def _is_menu(element: HtmlElement) -> bool:
    """Whether an element is several links and hardly anything else."""
    links = element.findall(".//a")
    if len(links) < 3 or any(True for _ in element.iter("table", "p", "h1")):
        return False
    linked = sum(len(link.text_content().split()) for link in links)
    return linked >= _LINKED * len(element.text_content().split())
