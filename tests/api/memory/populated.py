"""Records of every kind, and everything that a database can be asked about them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.memory import (
    attempts,
    audit,
    conversations,
    feedback,
    gaps,
    handoffs,
    keys,
    shares,
    signins,
    users,
)
from api.memory.database import Database

NOW = datetime(2026, 11, 22, 9, 30, 0, 123456, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Held:
    """What those hold to whom the records were promised."""

    ticket: handoffs.Ticket
    conversation: str
    cookie: str
    key: str
    share: str


def populate(database: Database) -> Held:
    """Put something of everything into a database."""
    with database.session() as session:
        for n, comment in enumerate(("جيد جدا", "périmé : « 2,5 % »", None, "emoji 🧾\nline")):
            feedback.add(
                session, answer_id=f"a{n}", verdict="down" if n % 2 else "up", comment=comment,
                language="ar", now=NOW + timedelta(minutes=n),
            )  # fmt: skip
        ticket = handoffs.add(
            session, question="كيف أصدر زيت أركان؟", region="سوس ماسة", language="ar", now=NOW
        )
        handoffs.reply(session, ticket.id, text="تفضلوا بالمكتب", by="user:amina", now=NOW)
        for question in ("Quel délai ?", "quel delai ?", "ما هو الأجل؟"):
            gaps.note(
                session, question=question, language="fr", region=None, status="unanswerable",
                reason=None, generation="g1", now=NOW,
            )  # fmt: skip
        conversation = conversations.start(session, now=NOW)
        answer = {"text": "نعم", "sentences": [{"text": "é", "n": 1.5, "none": None}]}
        conversations.append(session, conversation, question="س", answer=answer, now=NOW)
        user = users.add(session, name="أمينة", role="agent", password_hash="$argon2", now=NOW)
        users.add(session, name="gone", role="admin", password_hash=None, now=NOW)
        users.disable(session, "gone")
        cookie = signins.start(session, user_id=user.id, lifetime=timedelta(hours=8), now=NOW)
        key = keys.add(session, name="crm", role="public", expires=NOW + timedelta(9), now=NOW)
        keys.add(session, name="old", role="agent", expires=None, now=NOW)
        keys.revoke(session, "old", now=NOW)
        attempts.failed(session, "user:x", now=NOW)
        share = shares.add(
            session, question="ما هو الأجل؟", answer=answer, generation="g1",
            expires=NOW + timedelta(90), now=NOW,
        )  # fmt: skip
        for n in range(3):
            audit.append(
                session, actor="public", action="answered", answer_id=f"a{n}", model="qwen",
                prompt="draft:1234", evidence=[f"doc:{n}-9"], status="answered", now=NOW,
            )  # fmt: skip
    return Held(ticket, conversation, cookie.token, key, share)


def told(database: Database, held: Held) -> dict[str, object]:
    """All that can be asked of the records, by anybody."""
    with database.session(readonly=True) as session:
        return {
            "feedback": feedback.listed(session),
            "handoffs": handoffs.listed(session),
            "ticket": handoffs.seen(session, held.ticket.id, held.ticket.secret),
            "gaps": gaps.listed(session),
            "conversation": conversations.read(session, held.conversation),
            "users": users.listed(session),
            "signin": signins.find(session, held.cookie, NOW),
            "keys": keys.listed(session),
            "key": keys.find(session, held.key, NOW),
            "share": shares.read(session, held.share, now=NOW),
            "attempts": attempts.standing(session, "user:x"),
            "audit": audit.listed(session),
        }
