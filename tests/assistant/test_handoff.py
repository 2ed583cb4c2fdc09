"""Who can help: the nearest document's body, or the office of the place that was named."""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
import yaml

from assistant.answer import Reason, Status
from assistant.expectation import Expectations
from assistant.handoff import HandoffDesk
from assistant.phrases import Phrases
from assistant.question import Language, Profile, Question, Turn
from assistant.state import Outcome, State
from index.store import Store
from index.storewriter import write_store
from ingest.body import Body, Contact
from ingest.document import Source
from ingest.regions import Place, Region
from tests.assistant.evidences import evidence

REPOSITORY = Path(__file__).parents[2]
PHRASES = Phrases.load()
OUTCOMES = (
    *(Outcome(status) for status in get_args(Status) if status != "refused"),
    *(Outcome("refused", reason) for reason in get_args(Reason)),
)
PAGE = Source("page", "Ministère", "Annuaire")


def body(name: str, *contacts: Contact) -> Body:
    names = {"fr": f"Le {name}", "ar": f"جهة {name}", "en": f"The {name}"}
    return Body(name, names, (), names, contacts)


def region(name: str, city: str, city_ar: str) -> Region:
    place = Place(names={"fr": city, "ar": city_ar})
    names = {"fr": f"Région {name}", "ar": f"جهة {name}", "en": name}
    return Region(name, names, (), (place,), (place,), f"regional-office-{name}")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> HandoffDesk:
    path: Path = tmp_path_factory.mktemp("desk") / "passages.sqlite"
    write_store(
        path,
        [],
        [],
        reference=(
            body("regional-offices"),
            body("regional-office-south"),
            body("regional-office-north"),
            body("customs"),
            body("ministry-industry-trade"),
            body("office-des-changes"),
            body("national-ports-agency"),
            body("cooperage", Contact("phone", "0537000001", PAGE)),
            region("south", "Tantan", "طانطان"),
            region("north", "Tétouan", "تطوان"),
        ),
    )
    return HandoffDesk(Store(path), PHRASES)


def asked(text: str, language: Language = "fr", *, contact: str | None = None) -> State:
    items = evidence("Un fait.") if contact else ()
    return State(
        Question(question=text),
        standalone=text,
        language=language,
        evidence=tuple(
            replace(item, document=replace(item.document, contact=contact)) for item in items
        ),
    )


def test_the_body_of_the_nearest_document_helps(desk: HandoffDesk) -> None:
    found = desk.find(asked("Un tonneau ?", contact="cooperage"), Outcome("partial"))
    assert found is not None
    assert found.body == "Le cooperage"
    assert [(c.kind, c.value, c.source) for c in found.contacts] == [
        ("phone", "0537000001", "Annuaire")
    ]


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("Qui m'aide à Tantan ?", "fr", "Le regional-office-south"),
        ("من يساعدني بتطوان؟", "ar", "جهة regional-office-north"),
        ("Tantan ou Tétouan ?", "fr", "Le regional-offices"),
        ("Qui m'aide ?", "fr", "Le regional-offices"),
    ],
)
def test_a_place_leads_to_its_office(
    desk: HandoffDesk, text: str, language: Language, name: str
) -> None:
    found = desk.find(asked(text, language), Outcome("unanswerable"))
    assert found is not None
    assert found.body == name


def test_the_profile_names_a_place_too(desk: HandoffDesk) -> None:
    state = asked("Qui m'aide ?")
    profiled = replace(
        state, question=Question(question="Qui m'aide ?", profile=Profile(region="Tétouan"))
    )
    found = desk.find(profiled, Outcome("unanswerable"))
    assert found is not None
    assert found.body == "Le regional-office-north"


def test_an_answer_needs_nobody_but_the_office_that_was_asked_for(desk: HandoffDesk) -> None:
    assert desk.find(asked("Un tonneau ?", contact="cooperage"), Outcome("answered")) is None
    assert desk.find(asked("À Tantan ?"), Outcome("answered")) is None
    found = desk.find(asked("À Tantan ?", contact="regional-offices"), Outcome("answered"))
    assert found is not None
    assert found.body == "Le regional-office-south"


@pytest.mark.parametrize(
    ("text", "contact", "name"),
    [
        ("Qui contacter à Tantan ?", "ministry-industry-trade", "Le regional-office-south"),
        ("Qui contacter ?", "ministry-industry-trade", "Le ministry-industry-trade"),
        ("Qui contacter à Tantan ?", "customs", "Le customs"),
    ],
)
def test_whom_to_contact_somewhere_is_the_office_of_the_ministry_there(
    desk: HandoffDesk, text: str, contact: str, name: str
) -> None:
    state = replace(asked(text, contact=contact), text=text, wanted=Expectations.load().of(text))
    found = desk.find(state, Outcome("partial"))
    assert found is not None
    assert found.body == name
    elsewhere = desk.find(replace(state, wanted=()), Outcome("partial"))
    assert elsewhere is not None
    assert elsewhere.body == f"Le {contact}"


def test_a_place_named_earlier_still_counts(desk: HandoffDesk) -> None:
    turns = (Turn(role="user", content="أنا في تطوان"), Turn(role="assistant", content="Tantan"))
    state = asked("من يساعدني؟", "ar")
    found = desk.find(
        replace(state, question=Question(question=state.text or "؟ من", history=turns)),
        Outcome("unanswerable"),
    )
    assert found is not None
    assert found.body == "جهة regional-office-north"


@pytest.mark.parametrize(
    ("text", "language", "reason", "name"),
    [
        ("Frauder sur la valeur ?", "fr", "unlawful", "Le customs"),
        ("How do I smuggle phones?", "en", "unlawful", "The customs"),
        ("كيف أهرب السلع؟", "ar", "unlawful", "جهة customs"),
        ("Comment cacher des devises ?", "fr", "unlawful", "Le office-des-changes"),
        ("Keep my currency abroad in secret?", "en", "unlawful", "The office-des-changes"),
        ("كيفاش نخبي العملة؟", "ary", "unlawful", "جهة office-des-changes"),
        ("كيف أخفي المال عن مكتب الصرف؟", "ar", "unlawful", "جهة office-des-changes"),
        ("nkhebbi ddoviz?", "ary-latn", "unlawful", "Le office-des-changes"),
        ("L'euro maintenant ?", "fr", "live_data", "Le office-des-changes"),
        ("أين حاويتي الآن؟", "ar", "live_data", "جهة national-ports-agency"),
        ("Suis-je coupable ?", "fr", "legal_advice", "Le regional-offices"),
        ("Suis-je coupable à Tantan ?", "fr", "legal_advice", "Le regional-office-south"),
    ],
)
def test_a_refusal_names_who_knows_the_lawful_way(
    desk: HandoffDesk, text: str, language: Language, reason: Reason, name: str
) -> None:
    found = desk.find(asked(text, language), Outcome("refused", reason))
    assert found is not None
    assert found.body == name


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda o: o.reason or o.status)
@pytest.mark.parametrize("contact", [None, "customs", "nobody-knows-this-one"])
def test_no_outcome_without_an_answer_is_a_dead_end(
    desk: HandoffDesk, language: Language, outcome: Outcome, contact: str | None
) -> None:
    found = desk.find(asked("?", language, contact=contact), outcome)
    if outcome.status in {"answered", "conflict"}:
        assert found is None
        return
    assert found is not None
    assert found.body
    prepared = {
        PHRASES.say(key, language)
        for key in ("prepare", "prepare.customs", "prepare.office-des-changes")
    }
    assert any(found.why.endswith(words) for words in prepared)


def test_what_to_prepare_depends_on_whom_to_call(desk: HandoffDesk) -> None:
    customs = desk.find(asked("?", "ar", contact="customs"), Outcome("partial"))
    office = desk.find(asked("?", "ar"), Outcome("partial"))
    assert customs is not None
    assert office is not None
    assert customs.why.endswith(PHRASES.say("prepare.customs", "ar"))
    assert office.why.endswith(PHRASES.say("prepare", "ar"))


def test_every_body_that_is_named_stands_in_the_directory() -> None:
    directory = yaml.safe_load((REPOSITORY / "corpus" / "directory.yaml").read_text("utf-8"))
    known = {entry["id"] for entry in directory["bodies"]}
    rules = yaml.safe_load((REPOSITORY / "assistant" / "handoff.yaml").read_text("utf-8"))
    assert set(rules) == set(get_args(Reason))
    for refusals in rules.values():
        assert {one["body"] for one in refusals} <= known
        assert "about" not in refusals[-1]
