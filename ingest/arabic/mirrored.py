"""Mirrored text: Arabic lines stored as the eye meets them from the left, turned round again.

Whoever wrote the file gave the glyphs of a line from left to right: `قانون` became `نوناق`, and the
first word of the sentence stands last. Others kept the words in place and reversed each of them.
Numbers and Latin words stand the right way round in both.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Literal

Order = Literal["lines", "words"]


def find_mirrored(lines: Sequence[str]) -> Order | None:
    """Whether the lines of a text are mirrored as a whole, word by word, or not at all (None)."""
    if not any(_HINT.search(line) for line in lines):
        return None
    weights = [_weight(line) for line in lines]
    backward = sum(each.count(-1) for each in weights)
    forward = sum(each.count(1) for each in weights)
    if backward < _ENOUGH or backward <= _FAR_MORE * forward:
        return None
    mirrored = [line for line, each in zip(lines, weights, strict=True) if -1 in each]
    return "words" if sum(map(_keeps_place, mirrored)) > 0 else "lines"


_HINT = re.compile("[ﭐ-﷿ﹰ-ﻼ]|(?<![ء-ْ])[ةى][ء-ي]|(?<![ء-ي])(?:يف|نم|نع|وأ|نأ|عم)(?![ء-ي])")
_ENOUGH = 3
_FAR_MORE = 2


def unmirrored(line: str, order: Order) -> str:
    """A line of a mirrored text as it is read; one that reads well already stays.

    The mark of a heading or an item and the cells of a row keep their places.
    """
    if not _ARABIC.search(line) or sum(_weight(line)) > 0:
        return line
    turn = _line_turned if order == "lines" else _words_turned
    mark = _MARK.match(line)
    head = mark[0] if mark else ""
    return head + "".join(_padded(cell, turn) for cell in re.split(r"(\|)", line[len(head) :]))


_MARK = re.compile(r"#{1,6} |[-*•] |\d{1,3}\. ")
_ARABIC = re.compile("[ء-يﭐ-﷿ﹰ-ﻼ]")


def _padded(cell: str, turn: Callable[[str], str]) -> str:
    body = cell.strip()
    return cell.replace(body, turn(body)) if body else cell


def _line_turned(text: str) -> str:
    turned = text[::-1].translate(_MIRROR)
    return _LEFT_TO_RIGHT.sub(lambda run: run[0][::-1].translate(_MIRROR), turned)


def _words_turned(text: str) -> str:
    return _ARABIC_RUN.sub(lambda run: run[0][::-1], text)


_MIRROR = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_LATIN = "A-Za-zÀ-ÖØ-öø-ÿ"
_LEFT_TO_RIGHT = re.compile(
    f"[{_LATIN}0-9](?:[{_LATIN}0-9 .,:/@'’&%°_()-]*[{_LATIN}0-9%])?|[٠-٩][٠-٩.,٫٬/-]*[٠-٩]"
)
_ARABIC_RUN = re.compile("[ء-ْٰﭐ-﷿ﹰ-ﻼ]+")

# What tells one direction from the other: letters that only end a word, shapes that only begin or
# end one, the words that no text does without, and the article where nothing else is known.


def _weight(line: str) -> list[int]:
    return [_direction(word) for word in _WORD.findall(line)]


_WORD = re.compile("[ء-يﭐ-﷿ﹰ-ﻼ]{2,}")


def _direction(word: str) -> int:
    """1 for a word written the right way, -1 for one written backwards, 0 for who can tell."""
    shape = _shape(word[-1]) - _shape(word[0])
    if shape:
        return 1 if shape > 0 else -1
    plain = word if "ء" <= word[0] <= "ي" else unicodedata.normalize("NFKC", word)
    if plain in _COMMON or plain[-1] in "ةى":
        return 1
    if plain in _BACKWARD or plain[0] in "ةى":
        return -1
    return int(_ARTICLE.fullmatch(plain) is not None)


def _shape(character: str) -> int:
    """1 for a letter shaped for the end of a word, -1 for the beginning, 0 when it has no shape."""
    if "ء" <= character <= "ي":
        return 0
    form = unicodedata.decomposition(character).partition(">")[0]
    return {"<final": 1, "<initial": -1}.get(form, 0)


_WORDS = """
في من على إلى التي الذي هذا عن أو أن إن مع كل بين هذه ذلك عند بعد قبل غير حتى كما أي لدى منها عليها
المادة القانون
"""
_COMMON = frozenset(_WORDS.split())
_BACKWARD = frozenset(word[::-1] for word in _COMMON) - _COMMON
_ARTICLE = re.compile("[وفبك]?ال.{2,}")


def _keeps_place(line: str) -> int:
    """Above 0 where stops end their backward words and prepositions precede their nouns.

    Below 0 where the whole line is turned.
    """
    pieces = line.split()
    stops = sum(piece.endswith(_STOPS) - piece.startswith(_STOPS) for piece in pieces)
    words = [piece.strip('()[]«»".،:؛؟') for piece in pieces]
    follows = sum(
        _is_backward_noun(after) - _is_backward_noun(before)
        for before, word, after in zip(words, words[1:], words[2:], strict=False)
        if word in _PREPOSITIONS
    )
    return 2 * stops + follows


_STOPS = (".", "،", "؛", ":", "؟")
_PREPOSITIONS = frozenset({"يف", "نم", "ىلع", "ىلإ", "نع"})


def _is_backward_noun(word: str) -> bool:
    return _ARTICLE_BACKWARD.fullmatch(word) is not None


_ARTICLE_BACKWARD = re.compile(".{2,}لا[وفبك]?")
