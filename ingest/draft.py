"""A draft: the three files of a sheet that somebody is to write, its questions filled in.

It names a source that does not exist, so `sanad corpus check` refuses it until somebody has written
its statements and said where they are from.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date

from ingest.fold import fold
from ingest.sheet import SheetLanguage

SOURCE = "to-add"
"""The key of no source."""

_MOST = 5
_WORDS = {
    "fr": {
        "title": "Titre à écrire",
        "translate": "à traduire",
        "answer": "La réponse",
        "statement": "À écrire : une phrase qui répond, lisible seule, avec ses chiffres et dates.",
        "unknown": "Ce que les sources ne disent pas",
        "gap": "À écrire ou à retirer : ce que les sources ne précisent pas.",
    },
    "ar": {
        "title": "عنوان يكتب",
        "translate": "للترجمة",
        "answer": "الجواب",
        "statement": "للكتابة: جملة تجيب وتقرأ وحدها، بأرقامها وتواريخها.",
        "unknown": "ما لا تقوله المصادر",
        "gap": "للكتابة أو الحذف: ما لا تحدده المصادر.",
    },
    "en": {
        "title": "Title to write",
        "translate": "to translate",
        "answer": "The answer",
        "statement": "To write: a sentence that answers, readable alone, with figures and dates.",
        "unknown": "What the sources do not say",
        "gap": "To write or to remove: what the sources do not tell.",
    },
}
_TEXT = """---
id: {slug}
lang: {language}
title: {title}
kind: fact
topics: [{topic}]
sectors: []
regions: [{regions}]
as_of: {day}
contact:
questions:{questions}
---
## {answer} {{#answer}}

- {statement} {{#answer-1 src={source}}}

## {unknown} {{#unknown}}

- {gap} {{#unknown-1 src={source} status=unknown}}
"""


def draft(
    slug: str,
    questions: Mapping[SheetLanguage, Sequence[str]],
    day: date,
    regions: Sequence[str] = (),
) -> dict[str, str]:
    """The files by name; what was not asked in a language stands there as a comment to translate.

    At most five questions a language, the first ones.
    """
    return {
        f"{slug}.{language}.md": _TEXT.format(
            slug=slug,
            language=language,
            topic=SOURCE,
            regions=", ".join(regions),
            day=day.isoformat(),
            source=SOURCE,
            questions="".join(_listed(questions, language)),
            **{name: text for name, text in words.items() if name != "translate"},
        )
        for language, words in _WORDS.items()
    }


def slug_of(questions: Sequence[str], otherwise: str) -> str:
    """The longer words of the first question in Latin letters; without one, `otherwise`."""
    for question in questions:
        plain = "".join(letter for letter in fold(question) if letter.isascii() or letter.isspace())
        words = [word for word in re.findall(r"[a-z0-9]+", plain) if len(word) > 3]
        if len(words) > 1:
            return "-".join(words[:_MOST])
    return otherwise


def _listed(questions: Mapping[SheetLanguage, Sequence[str]], language: str) -> list[str]:
    own = [text for asked, texts in questions.items() if asked == language for text in texts]
    if own:
        return [f"\n  - {_quoted(text)}" for text in own[:_MOST]]
    note = _WORDS[language]["translate"]
    return [
        f"\n  # {note} ({asked}): {_plain(text)}"
        for asked, texts in questions.items()
        for text in texts[:_MOST]
    ]


def _quoted(text: str) -> str:
    """As YAML, in which a JSON string is one."""
    return json.dumps(_plain(text), ensure_ascii=False)


def _plain(text: str) -> str:
    """On one line, without what YAML does not let through."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())
