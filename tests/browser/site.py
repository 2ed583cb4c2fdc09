"""A Sanad with records of its own, as a browser finds it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.app import create_app
from api.memory import feedback, handoffs, shares
from api.memory.database import Database
from assistant.assistant import Assistant
from assistant.question import Question
from tests.loopback import serving


@dataclass(frozen=True, slots=True)
class Site:
    """What is served, and where its records are."""

    origin: str
    database: Database

    def opinions(self) -> tuple[feedback.Feedback, ...]:
        with self.database.session(readonly=True) as session:
            return feedback.listed(session)

    def letters(self) -> tuple[handoffs.Handoff, ...]:
        with self.database.session(readonly=True) as session:
            return handoffs.listed(session)

    def reply(self, text: str) -> None:
        """An office answers the newest question."""
        (newest, *_) = self.letters()
        now = datetime.now(UTC)
        with self.database.session() as session:
            handoffs.reply(session, newest.id, text=text, by="user:amina", now=now)

    def former(self, sanad: Assistant, question: str) -> tuple[str, list[str]]:
        """A link to an answer of a former generation whose sources are gone; and its quotes."""
        answer = sanad.ask(Question(question=question)).model_dump(mode="json")
        gone = [{**one, "document_id": "gone"} for one in answer["citations"]]
        now = datetime.now(UTC)
        with self.database.session() as session:
            token = shares.add(
                session, question=question, answer={**answer, "citations": gone},
                generation="former", expires=now + timedelta(9), now=now,
            )  # fmt: skip
        return token, [one["quote"] for one in gone]


@contextmanager
def with_records(sanad: Assistant, folder: Path) -> Iterator[Site]:
    """Serve it, with a database in the folder."""
    database = Database(f"sqlite:///{folder / 'records.sqlite'}")
    with serving(create_app(sanad, database=database)) as origin:
        yield Site(origin, database)
    database.close()
