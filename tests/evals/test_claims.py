"""What an answer says, taken apart with what it cites."""

from collections.abc import Callable

from assistant.answer import Answer, Citation, Conflict, Contact, Handoff, Notice, Position
from evals.claims import claims, said, shown
from ingest.document import Document

MakeAnswer = Callable[..., Answer]
Cite = Callable[..., Citation]


def test_sentences_keep_their_own_quotes(
    document: Document, cite: Cite, make_answer: MakeAnswer
) -> None:
    now, then = cite(1, 0, 26), cite(2, 27, 60)
    answer = make_answer([(now.quote, (1,)), (then.quote, (2, 9))], [now, then], lead="Voici :")
    first, second, lead = claims(answer, {document.id: document}.get)
    assert first.quotes == (now.quote,)
    assert first.is_current
    assert second.quotes == (then.quote,)
    assert not second.is_current
    assert lead.text == "Voici :"


def test_both_sides_of_a_conflict_are_claims_that_do_not_hold_as_current(
    document: Document, cite: Cite, make_answer: MakeAnswer
) -> None:
    one, two = cite(1, 0, 26), cite(2, 27, 60)
    conflict = Conflict(
        subject="Délai",
        positions=(
            Position(value="150 jours", citations=(1,)),
            Position(value="60 jours", citations=(2,)),
        ),
    )
    answer = make_answer([(one.quote, (1,))], [one, two], "conflict", conflicts=[conflict])
    found = claims(answer, {document.id: document}.get)
    assert [claim.text for claim in found] == [one.quote, "Délai", "150 jours", "60 jours"]
    assert not any(claim.is_current for claim in found)


def test_marks_are_not_said_and_quotes_are_only_shown(cite: Cite, make_answer: MakeAnswer) -> None:
    answer = make_answer(
        [("مئة وخمسون يوما", (1,))],
        [cite(1, 0, 26)],
        "partial",
        handoff=Handoff(
            body="ONSSA",
            why="Pour la suite",
            contacts=(Contact(kind="phone", value="0537", source="s"),),
        ),
        notices=(Notice(kind="undated", text="Sans date"),),
    )
    assert "1" not in said(answer)
    assert {"ONSSA", "0537"} <= set(said(answer).split())
    assert "Sans date" not in said(answer)
    assert all(part in shown(answer) for part in ("Sans date", "Pour la suite", "150 jours"))
