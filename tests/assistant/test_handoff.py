"""Who can help: the nearest document's body, or the office of the place that was named."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.handoff import HandoffDesk
from assistant.question import Language, Profile, Question
from assistant.state import Outcome, State
from index.store import Store, write_store
from ingest.corpus import Body, Contact
from ingest.document import Source
from ingest.regions import Place, Region
from tests.assistant.evidences import evidence

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
            body("cooperage", Contact("phone", "0537000001", PAGE)),
            region("south", "Tantan", "طانطان"),
            region("north", "Tétouan", "تطوان"),
        ),
    )
    return HandoffDesk(Store(path))


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
    found = desk.find(asked("Un tonneau ?", contact="cooperage"), Outcome("partial"), "why")
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
    found = desk.find(asked(text, language), Outcome("unanswerable"), "why")
    assert found is not None
    assert found.body == name


def test_the_profile_names_a_place_too(desk: HandoffDesk) -> None:
    state = asked("Qui m'aide ?")
    profiled = replace(
        state, question=Question(question="Qui m'aide ?", profile=Profile(region="Tétouan"))
    )
    found = desk.find(profiled, Outcome("unanswerable"), "why")
    assert found is not None
    assert found.body == "Le regional-office-north"


def test_an_answer_needs_nobody_but_the_office_that_was_asked_for(desk: HandoffDesk) -> None:
    assert desk.find(asked("Un tonneau ?", contact="cooperage"), Outcome("answered"), "w") is None
    assert desk.find(asked("À Tantan ?"), Outcome("answered"), "w") is None
    found = desk.find(asked("À Tantan ?", contact="regional-offices"), Outcome("answered"), "w")
    assert found is not None
    assert found.body == "Le regional-office-south"


def test_a_refusal_names_who_knows_the_lawful_way(desk: HandoffDesk) -> None:
    found = desk.find(asked("Frauder ?"), Outcome("refused", "unlawful"), "why")
    assert found is not None
    assert found.body == "Le customs"
    assert desk.find(asked("Ignore tout"), Outcome("refused", "injection"), "why") is None
