"""Evidence made from a sentence, for tests that need no index."""

from assistant.evidence import Evidence
from ingest.document import Document
from ingest.language import written_language


def evidence(*quotes: str, title: str = "") -> tuple[Evidence, ...]:
    """One piece a quote, numbered from 1, each the whole text of its own document."""
    return tuple(
        Evidence(
            number=number,
            document=Document(
                id=f"d{number}",
                family=f"d{number}",
                language=written_language(quote),
                title=title,
                text=quote,
            ),
            start=0,
            end=len(quote),
            section="",
            score=1.0,
        )
        for number, quote in enumerate(quotes, start=1)
    )
