"""Candidates made from a few numbers, for tests that need no index."""

from dataclasses import replace

from assistant.relevance import Candidate, Signals
from index.store import StoredSentence
from ingest.figures import find_figures

NOTHING = Signals(
    strength=0.0,
    behind=0.0,
    nearest=0.0,
    asked=0.0,
    cosine=0.0,
    words=0.0,
    coverage=0.0,
    gap=0.0,
    sheet=0.0,
)


def candidate(
    words: str,
    *,
    relevance: float,
    gap: bool = False,
    family: str = "sheet",
    signals: Signals = NOTHING,
) -> Candidate:
    """A statement of these words, its anchor made of them; `gap` if the sources do not know it."""
    found = StoredSentence(
        row=0,
        document_id=f"{family}.fr",
        family=family,
        language="fr",
        title="",
        valid_from=None,
        start=0,
        end=len(words),
        anchor=f"a-{words}",
        status="unknown" if gap else "current",
        valid_to=None,
        words=words,
        tokens=frozenset(),
        figures=frozenset(figure.kind for figure in find_figures(words)),
    )
    return Candidate(found, replace(signals, gap=float(gap)), relevance)
