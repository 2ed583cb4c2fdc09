"""Who asks for the steps gets all of them, in order; who asks something else does not."""

from dataclasses import replace
from datetime import date
from unittest.mock import create_autospec

import pytest

from assistant.assistant import Assistant
from assistant.complete import LISTED, SHOWN, SURE, Complete
from assistant.evidence import Evidence
from assistant.phrases import Phrases
from assistant.question import Language, Question
from assistant.state import State
from assistant.wishes import Wishes
from index.generation import Generation
from index.store import Store
from ingest.document import Document, Kind, Section, Statement
from tests.assistant.evidences import evidence
from tests.assistant.invariants import assert_sound

COMPLETE = Complete(create_autospec(Store, instance=True), Wishes.load(), Phrases.load())
STEPS, PAPERS = 5, 3


def procedure(kind: Kind = "procedure", steps: int = STEPS) -> Document:
    """`steps` steps of which the last ended in 2020 and the one before is superseded, then papers
    and a delay."""
    words = [f"Étape {n}. " for n in range(steps)] + [f"Papier {n}. " for n in range(PAPERS)]
    words.append("Dix jours. ")
    starts = [sum(map(len, words[:n])) for n in range(len(words) + 1)]
    names = [f"step-{n}" for n in range(steps)] + [f"paper-{n}" for n in range(PAPERS)] + ["delay"]
    bounds = {"steps": (0, steps), "papers": (steps, steps + PAPERS), "delay": (-2, -1)}
    return Document(
        id="permit.fr",
        family="permit",
        language="fr",
        title="Le permis",
        text="".join(words),
        kind=kind,
        sections=tuple(
            Section(name, ("Le permis", name), starts[first], starts[last])
            for name, (first, last) in bounds.items()
        ),
        statements=tuple(
            Statement(
                name,
                start,
                end - 1,
                (),
                status="superseded" if name == f"step-{steps - 2}" else "current",
                valid_to="2020-01-01" if name == f"step-{steps - 1}" else None,
            )
            for name, start, end in zip(names, starts[:-1], starts[1:], strict=True)
        ),
    )


def found(document: Document, *anchors: str, score: float = 0.6) -> tuple[Evidence, ...]:
    statements = {statement.anchor: statement for statement in document.statements}
    return tuple(
        Evidence(
            number=number,
            document=document,
            start=statements[anchor].start,
            end=statements[anchor].end,
            section="",
            score=score,
            statement=statements[anchor],
        )
        for number, anchor in enumerate(anchors, start=1)
    )


def shown(
    question: str,
    items: tuple[Evidence, ...],
    language: Language = "fr",
    complete: Complete = COMPLETE,
) -> tuple[list[str], list[str]]:
    state = State(
        Question(question=question),
        standalone=question,
        language=language,
        evidence=items,
        day=date(2026, 5, 1),
    )
    done = complete.run(state)
    assert [item.number for item in done.evidence] == list(range(1, len(done.evidence) + 1))
    anchors = [item.statement.anchor if item.statement else "" for item in done.evidence]
    return anchors, [notice.kind for notice in done.notices]


@pytest.mark.parametrize(
    "question",
    [
        "Quelles sont les étapes du permis ?",
        "Quelle est la démarche pour le permis ?",
        "Par où commencer pour le permis ?",
        "What are the steps for the permit?",
        "Where do I start with the permit?",
        "ما هي مراحل الحصول على الرخصة؟",
        "ما هي المسطرة؟",
        "منين نبدا باش ناخد الرخصة؟",
        "شنو هي الإجراءات ديال الرخصة؟",
        "chno homa lmara7il dyal permis?",
        "chno les étapes dyal permis?",
    ],
)
def test_all_steps_that_hold_are_given_in_order(question: str) -> None:
    anchors, notices = shown(question, found(procedure(), "delay", "step-1"))
    assert anchors == ["step-0", "step-1", "step-2", "delay"]
    assert notices == []


@pytest.mark.parametrize(
    "question",
    [
        "Quels documents faut-il pour le permis ?",
        "Quelles pièces joindre ?",
        "What documents are required?",
        "Which papers do I need?",
        "ما هي الوثائق المطلوبة؟",
        "ما الأوراق اللازمة؟",
        "شنو هي الوثائق ديال الرخصة؟",
        "شنو الوراق؟",
        "chno homa lwra9 dyal permis?",
    ],
)
def test_all_papers_are_given(question: str) -> None:
    anchors, _ = shown(question, found(procedure(), "delay"))
    assert anchors == ["paper-0", "paper-1", "paper-2", "delay"]


@pytest.mark.parametrize(
    "question", ["Quelles étapes et quels documents ?", "ما هي المراحل وما هي الوثائق المطلوبة؟"]
)
def test_both_lists_are_given_when_both_are_asked_for(question: str) -> None:
    anchors, _ = shown(question, found(procedure(), "paper-1"))
    assert anchors == ["step-0", "step-1", "step-2", "paper-0", "paper-1", "paper-2"]


@pytest.mark.parametrize(
    "question",
    [
        "Comment obtenir le permis ?",
        "How do I get the permit?",
        "كيف أحصل على الرخصة؟",
        "كيفاش ناخد الرخصة؟",
        "kifach nakhod permis?",
    ],
)
def test_a_mere_how_gets_the_steps_where_one_was_found(question: str) -> None:
    assert shown(question, found(procedure(), "step-1"))[0] == ["step-0", "step-1", "step-2"]
    assert shown(question, found(procedure(), "delay"))[0] == ["delay"]


@pytest.mark.parametrize(
    "question",
    [
        "Quel est le délai du permis ?",
        "Combien coûte le permis ?",
        "كم تكلف الرخصة؟",
        "How much does the permit cost?",
        "شحال كيكلف؟",
        "chhal taman?",
    ],
)
def test_other_questions_get_what_was_found(question: str) -> None:
    items = found(procedure(), "step-1", "paper-0")
    assert shown(question, items) == (["step-1", "paper-0"], [])


@pytest.mark.parametrize("question", ["Quelles sont les étapes ?", "ما هي المراحل؟"])
def test_only_a_procedure_that_is_probable_is_listed(question: str) -> None:
    assert shown(question, found(procedure("fact"), "step-1"))[0] == ["step-1"]
    assert shown(question, found(procedure(), "step-1", score=0.1))[0] == ["step-1"]
    assert shown(question, ()) == ([], [])


@pytest.mark.parametrize("language", ["fr", "ar", "en", "ary", "ary-latn"])
def test_a_list_without_end_is_cut_and_says_so(language: Language) -> None:
    long = procedure(steps=LISTED + 5)
    anchors, notices = shown("Quelles sont les étapes ?", found(long, "delay"), language)
    assert anchors == [*(f"step-{n}" for n in range(LISTED)), "delay"]
    assert notices == ["cut"]


STEPS_SHOWN = ["step-0", "step-1", "step-2"]


@pytest.mark.parametrize(
    ("score", "expected"), [(1.0, [*STEPS_SHOWN, "", ""]), (0.6, ["", "", *STEPS_SHOWN])]
)
def test_what_else_was_found_stays_and_the_procedure_leads_when_it_is_best(
    score: float, expected: list[str]
) -> None:
    others = evidence(*(f"Autre {n}." for n in range(SHOWN)))
    own = found(procedure(), "step-0", score=score)
    assert shown("Quelles sont les étapes ?", (*own, *others[:2]))[0] == expected


def guide() -> Document:
    """Its own words, two steps and a paper of the sheet of the olive permit, what is not known."""
    return Document(
        id="oil.fr",
        family="oil",
        language="fr",
        title="Exporter de l'huile",
        text="En bref. Coût. Formulaire. Délai. Inconnu. Reste.",
        kind="procedure",
        sections=(
            Section("steps", ("Étapes",), 0, 26),
            Section("papers", ("Papiers",), 27, 33),
            Section("unknown", ("Ouvert",), 34, 49),
        ),
        statements=(
            Statement("overview", 0, 8, ()),
            Statement("pay", 9, 14, (), taken_from="olive-permit#cost"),
            Statement("fill-in", 15, 26, (), taken_from="olive-permit#form"),
            Statement("wait", 27, 33, (), taken_from="olive-permit#delay"),
            Statement("open", 34, 42, (), "unknown", taken_from="saffron-programme#wages"),
            Statement("rest", 43, 49, (), "unknown", taken_from="olive-permit#small"),
        ),
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Par où commencer ?", ["overview", "cost", "form", "wages"]),
        ("Quels papiers faut-il ?", ["overview", "delay", "wages"]),
        ("شنو الوراق؟", ["overview", "delay", "wages"]),
    ],
)
def test_a_guide_gives_its_steps_or_papers_from_the_sheets_where_they_stand(
    trade_generation: Generation, question: str, expected: list[str]
) -> None:
    complete = Complete(trade_generation.store, Wishes.load(), Phrases.load())
    assert shown(question, found(guide(), "overview"), complete=complete)[0] == expected


@pytest.mark.parametrize("question", ["huile Dubaï ?", "زيت الزيتون لدبي", "Comment ça va ?"])
@pytest.mark.parametrize(
    ("score", "expected"),
    [(SURE, ["overview", "cost", "form", "wages"]), (SURE - 0.01, ["overview"])],
)
def test_without_words_that_want_it_all_a_guide_has_to_be_sure(
    trade_generation: Generation, question: str, score: float, expected: list[str]
) -> None:
    complete = Complete(trade_generation.store, Wishes.load(), Phrases.load())
    overview = found(guide(), "overview", score=score)
    assert shown(question, overview, complete=complete)[0] == expected


def test_a_guide_beside_a_better_answer_stays_an_overview(trade_generation: Generation) -> None:
    complete = Complete(trade_generation.store, Wishes.load(), Phrases.load())
    price = found(trade_generation.store.document("olive-permit.fr"), "cost", score=0.9)
    (overview,) = found(guide(), "overview")
    items = (*price, replace(overview, number=2))
    assert shown("prix huile ?", items, complete=complete)[0] == ["cost", "overview"]


def test_what_a_guide_gathers_is_cited_from_its_own_sheet_and_once(
    trade_generation: Generation,
) -> None:
    complete = Complete(trade_generation.store, Wishes.load(), Phrases.load())
    sheet = trade_generation.store.document("olive-permit.fr")
    price = found(sheet, "cost", score=0.5)
    overview = found(guide(), "overview", score=SURE)
    state = State(Question(question="?"), evidence=(*overview, *price), standalone="?")
    evidence = complete.run(state).evidence
    assert [item.quote for item in evidence] == [
        "En bref.",
        "Le permis d'huile d'olive coûte 450 dirhams.",
        "Le producteur dépose le formulaire D-12 sur huiles.exemple.ma.",
        "Les sources ne précisent pas le salaire des cueilleuses de safran.",
    ]
    assert [item.document.id for item in evidence] == [
        *("oil.fr", sheet.id, sheet.id, "saffron-programme.fr")
    ]
    assert [item.score for item in evidence] == [SURE, 0.5, 0.0, 0.0]


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Quelles sont les étapes du permis d'huile d'olive ?", 4),
        ("ما هي مراحل رخصة زيت الزيتون؟", 4),
        ("What are the steps for the olive oil permit?", 4),
        ("شنو هي المراحل ديال رخصة زيت الزيتون؟", 4),
    ],
)
def test_the_whole_way_each_step_has_its_citation(
    sanad: Assistant, question: str, count: int
) -> None:
    answer = sanad.ask(question)
    assert_sound(answer, sanad.store)
    steps = [c for c in answer.citations if c.document_id.startswith("olive-permit")]
    assert len(steps) == count
    assert [c.start for c in steps] == sorted(c.start for c in steps)
