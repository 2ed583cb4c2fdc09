"""What is true of every answer, whatever was asked and whoever wrote it."""

from assistant.answer import Answer
from assistant.question import Language
from index.store import Store
from ingest.figures import find_figures, supports

LANGUAGES: tuple[Language, ...] = ("fr", "ar", "en", "ary", "ary-latn")
REASONS = {"unlawful", "legal_advice", "personal_data", "injection", "live_data", "too_long"}


def assert_sound(answer: Answer, store: Store) -> None:
    """Quotes are exact, sentences proven, numbers consistent, the outcome typed."""
    _assert_quotes_are_exact(answer, store)
    _assert_sentences_are_proven(answer)
    _assert_outcome_is_consistent(answer)


def _assert_quotes_are_exact(answer: Answer, store: Store) -> None:
    for citation in answer.citations:
        text = store.document(citation.document_id).text
        assert citation.quote
        assert text[citation.start : citation.end] == citation.quote


def _assert_sentences_are_proven(answer: Answer) -> None:
    quotes = {citation.n: citation.quote for citation in answer.citations}
    assert len(quotes) == len(answer.citations)
    used = set()
    for sentence in answer.sentences:
        assert sentence.text
        assert sentence.citations
        assert set(sentence.citations) <= quotes.keys()
        used |= set(sentence.citations)
        words = [quotes[n] for n in sentence.citations]
        known = [figure for quote in words for figure in find_figures(quote)]
        for claim in find_figures(sentence.text):
            assert any(supports(figure, claim) for figure in known), claim
        if sentence.mode == "quote":
            assert sentence.text in words
    for conflict in answer.conflicts:
        assert len(conflict.positions) > 1
        for position in conflict.positions:
            assert position.citations
            assert set(position.citations) <= quotes.keys()
            used |= set(position.citations)
    assert used == quotes.keys()


def _assert_outcome_is_consistent(answer: Answer) -> None:
    assert answer.text
    assert answer.language in LANGUAGES
    declined = any(notice.kind == "declined_part" for notice in answer.notices)
    assert answer.status != "refused" or answer.reason is not None
    assert (
        answer.reason is None
        or answer.status == "refused"
        or (answer.status == "partial" and declined)
    )
    if answer.status in {"answered", "partial", "conflict"}:
        assert answer.sentences
    if answer.status in {"refused", "out_of_scope", "clarify"}:
        assert not answer.sentences
        assert not answer.citations
    if answer.status == "conflict":
        assert answer.conflicts
    if answer.engine.composer == "extractive":
        assert all(sentence.mode == "quote" for sentence in answer.sentences)
    assert answer.timings_ms["total"] >= 0
