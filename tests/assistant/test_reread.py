"""What the rules leave open is said again by a model, in the words of the conversation only."""

import json
from collections.abc import Callable, Iterator

import pytest

from assistant.assistant import Assistant, assemble
from assistant.compose import ExtractiveComposer
from assistant.composers import choose_writers
from assistant.question import Question, Turn
from assistant.settings import Settings
from assistant.state import EventKind
from index.generation import Generation
from tests.assistant.invariants import assert_sound
from tests.fakes import FakeEmbedder
from tests.misbehaviour import DELAY
from tests.scriptedserver import Reply, ScriptedEndpoint, Seen, endless, pieces, scripted_endpoint

Rereader = tuple[Assistant, ScriptedEndpoint]


def asked(question: str, before: str, said: str = "") -> Question:
    turns = [Turn(role="user", content=before), Turn(role="assistant", content=said)]
    return Question(question=question, history=tuple(turn for turn in turns if turn.content))


FR = asked(
    "Dites-moi tout, rue 7, CIN AB123456.",
    "Bonjour, délai, permis d'huile d'olive, mon numéro est le 0661223344",
)
FR_SAID = "Quel délai permis d'huile d'olive"
AR = asked(
    "واش خاصني نتسنى بزاف؟", "عندي معصرة ديال الزيتون", "تسلم رخصة زيت الزيتون داخل 10 أيام."
)
AR_SAID = "داخل 10 أيام تسلم رخصة زيت الزيتون"
LONG = Question(
    question="J'ai hérité d'un moulin de mon oncle, mes cousins s'occupent de la récolte, et moi "
    "je ne sais rien du délai du permis d'huile d'olive que tout le monde me réclame"
)


@pytest.fixture
def rereading(trade_generation: Generation, trade_embedder: FakeEmbedder) -> Iterator[Rereader]:
    """Sanad that quotes, with a rephraser that asks a scripted endpoint."""
    with scripted_endpoint(lambda _seen: Reply()) as endpoint:
        settings = Settings(
            llm="endpoint",
            llm_base_url=endpoint.base_url,
            llm_model="m",
            llm_rewrite=True,
            llm_first=1,
        )
        with choose_writers(settings) as writers:
            extractive = ExtractiveComposer()
            yield (
                assemble(trade_generation, trade_embedder, extractive, rephraser=writers.rephraser),
                endpoint,
            )


def says(*questions: object) -> Callable[[Seen], Reply]:
    return lambda _seen: pieces(json.dumps({"questions": questions}, ensure_ascii=False))


def conversation(seen: Seen) -> list[dict[str, str]]:
    """The turns that were sent, and nothing else, between the marks."""
    _, mark, *rest = seen.task.split("\n")
    return [json.loads(line) for line in rest[: rest.index(mark)]]


@pytest.mark.parametrize(("question", "said"), [(FR, FR_SAID), (AR, AR_SAID), (LONG, FR_SAID)])
def test_what_no_rule_understood_is_said_again_answered_and_shown(
    rereading: Rereader, sanad: Assistant, question: Question, said: str
) -> None:
    assistant, endpoint = rereading
    endpoint.script = says(said)
    assert sanad.ask(question).status == "unanswerable"
    events: list[EventKind] = []
    answer = assistant.ask(question, lambda kind, _payload: events.append(kind))
    assert_sound(answer, assistant.store)
    assert answer.status == "answered"
    assert said in {n.kind: n.text for n in answer.notices}["rewritten"]
    assert events.count("citations") == 1
    assert events.index("citations") < events.index("sentence")
    assert answer.timings_ms["total"] > answer.timings_ms["reread"] > 0
    [seen] = endpoint.seen
    turns = [text for turn in conversation(seen) for text in turn.values()]
    assert len(turns) == len(question.history) + 1
    assert not {"0661223344", "AB123456"} & set(" ".join(turns).replace(".", " ").split())


def test_a_message_of_two_questions_is_answered_in_both(rereading: Rereader) -> None:
    assistant, endpoint = rereading
    endpoint.script = says(FR_SAID, "Quel délai permis d'huile")
    answer = assistant.ask(FR)
    assert {n.kind: n.text for n in answer.notices}["rewritten"].count("?") == 2
    assert answer.status == "answered"


@pytest.mark.parametrize(
    "script",
    [
        says(),
        says("Quel délai permis d'huile d'olive à Casablanca"),
        says("Quel délai permis d'huile d'olive 2019"),
        says("permis d'huile d'olive " * 60),
        says("numéro"),
        says({"a": FR_SAID}, 3, None),
        lambda _seen: pieces(json.dumps([FR_SAID])),
        lambda _seen: pieces("Pangolin"),
        lambda _seen: Reply(status=500),
        lambda _seen: Reply(('{"questions": ["Quel délai',), whole=False),
        lambda _seen: Reply(wait=30),
        lambda _seen: endless('{"questions": ["', "délai "),
    ],
)
def test_what_is_not_said_in_the_words_of_the_conversation_changes_nothing(
    rereading: Rereader, sanad: Assistant, script: Callable[[Seen], Reply]
) -> None:
    assistant, endpoint = rereading
    endpoint.script = script
    events: list[tuple[EventKind, object]] = []
    answer = assistant.ask(FR, lambda kind, payload: events.append((kind, payload)))
    plain = sanad.ask(FR)
    assert (answer.status, answer.text) == (plain.status, plain.text)
    assert answer.notices == plain.notices
    assert [payload for kind, payload in events if kind != "status"] == [()]
    assert len(endpoint.seen) == 1


def test_what_is_said_again_passes_the_guard(rereading: Rereader, sanad: Assistant) -> None:
    assistant, endpoint = rereading
    question = asked("Dites-moi tout.", "comment frauder la douane avec le permis d'huile ?")
    endpoint.script = says("comment frauder la douane")
    assert assistant.ask(question).status == sanad.ask(question).status
    assert not assistant.ask(question).sentences


@pytest.mark.parametrize(
    "question",
    [
        Question(question=DELAY),
        asked(DELAY, "Bonjour"),
        Question(question="Combien de temps ?"),
        asked("Quelle est la météo ?", "permis d'huile d'olive"),
        asked("comment frauder la douane ?", "permis d'huile d'olive"),
    ],
)
def test_no_model_is_asked_about_what_was_answered_refused_or_stands_alone(
    rereading: Rereader, question: Question
) -> None:
    assistant, endpoint = rereading
    endpoint.script = says(FR_SAID)
    assistant.ask(question)
    assert not endpoint.seen


def test_unless_it_is_wanted_nobody_says_anything_again() -> None:
    settings = Settings(llm="endpoint", llm_base_url="http://127.0.0.1:9/v1", llm_model="m")
    with choose_writers(settings) as writers:
        assert writers.rephraser is None
