"""What the corpus holds, counted; the README's table is made of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.corpus import Corpus


@dataclass(frozen=True, slots=True)
class CorpusStats:
    """Counts over the sheets; a sheet counts once, whatever its languages.

    `statements` are those of one language variant, by status; `sources` are by tier.
    """

    sheets: int
    procedures: int
    documents: Mapping[str, int]
    statements: Mapping[str, int]
    sources: Mapping[str, int]
    dated_sources: int
    conflicts: int
    topics: int
    bodies: int
    contacts: int


def corpus_stats(corpus: Corpus) -> CorpusStats:
    """Count a corpus that has passed its check."""
    sheets = {document.family: document for document in corpus.documents}
    statements = Counter(s.status for sheet in sheets.values() for s in sheet.own_statements)
    return CorpusStats(
        sheets=len(sheets),
        procedures=sum(sheet.kind == "procedure" for sheet in sheets.values()),
        documents=dict(sorted(Counter(d.language for d in corpus.documents).items())),
        statements=dict(statements.most_common()),
        sources=dict(Counter(source.tier for source in corpus.sources.values()).most_common()),
        dated_sources=sum(source.date is not None for source in corpus.sources.values()),
        conflicts=sum(len(sheet.conflicts) for sheet in sheets.values()),
        topics=len({topic for sheet in sheets.values() for topic in sheet.topics}),
        bodies=len(corpus.bodies),
        contacts=sum(len(body.contacts) for body in corpus.bodies),
    )
