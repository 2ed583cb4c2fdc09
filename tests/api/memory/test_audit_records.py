from api.memory import audit
from api.memory.database import Database
from tests.api.memory.populated import NOW


def test_entries_are_told_the_last_first_a_page_at_a_time(database: Database) -> None:
    with database.session() as session:
        for n in range(5):
            audit.append(session, actor=f"user:{n % 2}", action=f"act{n}", now=NOW)
        first = audit.listed(session, limit=2)
        audit.append(session, actor="late", action="late", now=NOW)
        second = audit.listed(session, limit=2, before=first[-1].id)
    assert [entry.action for entry in (*first, *second)] == ["act4", "act3", "act2", "act1"]


def test_one_actor_or_action_is_found(database: Database) -> None:
    with database.session() as session:
        for actor, action in (
            ("user:أمينة", "sign-in"),
            ("key:crm", "answered"),
            ("x", "answered"),
        ):
            audit.append(session, actor=actor, action=action, now=NOW, detail="د", evidence=("a",))
        assert [entry.actor for entry in audit.listed(session, action="answered")] == [
            "x", "key:crm",
        ]  # fmt: skip
        (found,) = audit.listed(session, actor="user:أمينة")
        assert (found.at, found.detail, found.evidence) == (NOW, "د", ("a",))
        assert audit.listed(session, actor="x", action="sign-in") == ()
