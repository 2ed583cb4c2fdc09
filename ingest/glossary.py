"""Glossary: the words of the trade in the languages people ask in, and what each means.

A term gathers everything a person may type for one thing: its names in the three languages of the
corpus, its Darija names in Arabic and in Latin letters, its abbreviations, other spellings. Two
terms never share a form, so a word of a question leads to one term.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pydantic import Field

from ingest.fold import fold
from ingest.problem import Problem
from ingest.schema import Matter, Slug, Text, Translated, validated
from ingest.yamltext import YamlText

GLOSSARY_FILE = "glossary.yaml"

TermKind = Literal["term", "body", "person", "place", "product", "document"]


@dataclass(frozen=True, slots=True)
class Term:
    """One thing and everything people call it.

    `names` holds one name per language (fr, ar, en); `darija` and `darija_latin` what is said in
    Darija, written in Arabic and in Latin letters. `as_written` holds the abbreviations that are
    also common words once folded («CE» and "ce"): they count only in these letters. `definition` is
    given in the three languages, or None where the sheets do not define the term. `topics` are
    those of the sheets about it.
    """

    id: str
    kind: TermKind
    names: Mapping[str, str]
    darija: tuple[str, ...] = ()
    darija_latin: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    as_written: tuple[str, ...] = ()
    definition: Mapping[str, str] | None = None
    topics: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """Every way to write the term but `as_written`; what folds alike is given once."""
        written = (
            *self.names.values(),
            *self.darija,
            *self.darija_latin,
            *self.abbreviations,
            *self.variants,
        )
        first: dict[str, str] = {}
        for form in written:
            first.setdefault(form_key(form), form)
        return tuple(first.values())


@lru_cache(maxsize=8_192)
def form_key(form: str) -> str:
    """What two written forms share when they are the same to a reader: folded, single-spaced."""
    return " ".join(fold(form).split())


def read_terms(read: YamlText, problems: list[Problem]) -> tuple[Term, ...]:
    """The terms of a YAML text that was read; what is wrong is added to `problems`."""
    if read.data is None:
        return ()
    matter = validated(_Glossary, read.data, read=read, file=GLOSSARY_FILE, problems=problems)
    return tuple(_term(entry) for entry in matter.terms) if matter else ()


class _Term(Matter):
    id: Slug
    kind: TermKind = "term"
    fr: Text
    ar: Text
    en: Text
    ary: tuple[Text, ...] = ()
    ary_latn: tuple[Text, ...] = ()
    abbreviations: tuple[Text, ...] = ()
    variants: tuple[Text, ...] = ()
    as_written: tuple[Text, ...] = ()
    definition: Translated | None = None
    topics: tuple[Slug, ...] = ()


class _Glossary(Matter):
    terms: tuple[_Term, ...] = Field(min_length=1)


def _term(entry: _Term) -> Term:
    return Term(
        id=entry.id,
        kind=entry.kind,
        names={"fr": entry.fr, "ar": entry.ar, "en": entry.en},
        darija=entry.ary,
        darija_latin=entry.ary_latn,
        abbreviations=entry.abbreviations,
        variants=entry.variants,
        as_written=entry.as_written,
        definition=entry.definition.model_dump() if entry.definition else None,
        topics=entry.topics,
    )
