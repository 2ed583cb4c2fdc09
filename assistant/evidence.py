"""Evidence: a sentence of a document, scored for one question and numbered for its answer."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.answer import Citation
from ingest.document import Document, Source, Statement
from ingest.language import language_of


@dataclass(frozen=True, slots=True)
class Evidence:
    """`document.text[start:end]` with the reasons to believe that it belongs to the answer.

    `score` is the probability that it is what was asked for (`assistant.relevance`).
    """

    number: int
    document: Document
    start: int
    end: int
    section: str
    score: float
    statement: Statement | None = None

    @property
    def quote(self) -> str:
        """The words themselves."""
        return self.document.text[self.start : self.end]

    @property
    def source(self) -> Source | None:
        """Who said it: the source that the statement names first, else the document's own.

        A later one adds a circumstance, such as that the rule's text was replaced since.
        """
        if self.statement and self.statement.sources:
            return self.statement.sources[0]
        return self.document.source

    @property
    def dates(self) -> tuple[str, ...]:
        """Dates of all its sources that have one, else the day that its document bears."""
        named = self.statement.sources if self.statement else ()
        found = (source.date for source in named) if named else (self.date,)
        return tuple(day for day in found if day)

    @property
    def date(self) -> str | None:
        """The date of `source`, else the day that the document bears."""
        return self.source.date if self.source else self.document.as_of

    @property
    def is_gap(self) -> bool:
        """Whether it says what the sources do not tell."""
        return self.statement is not None and self.statement.is_gap

    @property
    def page(self) -> str:
        """The page of the printed original, as a reader of its language writes it; empty without.

        A sentence that runs over the end of a page stands on two.
        """
        printed = self.document.printed_on(self.start, self.end)
        if printed is None:
            return ""
        mark = "ص" if self.document.language == "ar" else "p."
        return f"{mark} {'-'.join(map(str, dict.fromkeys(printed)))}"

    @property
    def language(self) -> str:
        """The language of its words; a document may hold several."""
        known = self.document.language
        return known if self.statement else language_of(self.quote, known)

    @property
    def citation(self) -> Citation:
        """What the user sees."""
        source = self.source
        return Citation(
            n=self.number,
            document_id=self.document.id,
            title=self.document.title,
            publisher=source.publisher if source else None,
            url=source.url if source else None,
            source_date=self.date,
            as_of=self.document.as_of,
            language=self.language,
            section=" · ".join(part for part in (self.section, self.page) if part),
            quote=self.quote,
            start=self.start,
            end=self.end,
        )


def numbered(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Evidence in its order, but for what no source tells, which comes last; numbered from 1."""
    in_order = sorted(evidence, key=lambda item: item.is_gap)
    return tuple(replace(item, number=number) for number, item in enumerate(in_order, start=1))
