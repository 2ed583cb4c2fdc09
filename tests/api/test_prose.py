"""An answer as one text: everything is in it, and nothing in it does anything."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.prose import RULE, inert, prose
from assistant.answer import Answer, Citation, Engine, Notice, Sentence
from assistant.assistant import Assistant
from tests.misbehaviour import DELAY, DELAY_AR, SALES

ACTIVE = re.compile(r"!\[|\]\(|\]:|<[A-Za-z/!?]")
PAYLOADS = (
    "![x](https://mal.example/a.png)",
    "![x][1]\n[1]: https://mal.example/a.png",
    "[Douane](https://mal.example)",
    "<img src=https://mal.example/a.png>",
    "<script>alert(1)</script>",
    "<https://mal.example/a>",
    "<!--",
    "![صورة](//mal.example)",
)


def written(payload: str) -> Answer:
    """An answer with a payload wherever words of others can stand."""
    citation = Citation(
        n=1, document_id="d", title=payload, publisher=payload, url="javascript:alert(1)",
        source_date=payload, as_of=None, language="fr", section=payload, quote=payload,
        start=0, end=len(payload),
    )  # fmt: skip
    return Answer(
        id="1", status="answered", reason=None, language="fr", text=f"{payload} [1]",
        sentences=(Sentence(text=payload, citations=(1,), mode="quote"),), citations=(citation,),
        conflicts=(), notices=(Notice(kind="rewritten", text=payload),), handoff=None,
        follow_ups=(), engine=Engine(composer="extractive", model=None, generation="g"),
        timings_ms={},
    )  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_words_of_others_fetch_and_run_nothing(payload: str) -> None:
    text = prose(written(payload))
    assert not ACTIVE.search(text)
    assert "javascript:" not in text
    assert text.replace(" ", "").count(payload.replace(" ", "")) == 5


@given(st.text(st.sampled_from("![]():<a/?; 1\n")))
def test_what_is_inert_stays_so_and_loses_nothing(text: str) -> None:
    once = inert(text)
    assert not ACTIVE.search(once)
    assert inert(once) == once
    assert once.replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    "question",
    [DELAY, DELAY_AR, SALES, "Quel est le salaire des cueilleuses de safran ?", "بشحال الرخصة؟"],
)
def test_answer_notices_help_and_sources_are_all_told(sanad: Assistant, question: str) -> None:
    answer = sanad.ask(question)
    text = prose(answer)
    assert text.startswith(answer.text)
    for told in parts(answer):
        assert told in text.partition(RULE)[2]


def parts(answer: Answer) -> Iterator[str]:
    for conflict in answer.conflicts:
        yield conflict.subject
        yield from (position.value for position in conflict.positions)
    yield from (notice.text for notice in answer.notices)
    if answer.handoff:
        yield answer.handoff.body
        yield answer.handoff.why
        yield from (contact.value for contact in answer.handoff.contacts)
    for citation in answer.citations:
        yield f"[{citation.n}] {citation.title}"
        yield citation.source_date or "—"
        yield citation.url or ""
