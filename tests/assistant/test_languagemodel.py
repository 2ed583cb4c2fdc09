"""The language model composer through the real LangChain chain, against a scripted endpoint."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import repeat
from threading import Event

import pytest

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.compose import Composer
from assistant.composers import choose_composer
from assistant.prompt import load_prompt
from assistant.settings import Settings
from assistant.state import EventKind
from ingest.figures import find_figures
from tests.assistant.invariants import assert_sound
from tests.misbehaviour import (
    ALL,
    AMPLE,
    DELAY,
    DELAY_AR,
    PHONE,
    PHONE_AR,
    SALES,
    SMALL,
    SMALL_AR,
    Misbehaviour,
    number_of,
)
from tests.scriptedserver import (
    Reply,
    ScriptedEndpoint,
    Seen,
    pieces,
    scripted_endpoint,
    sentences,
)

Drafting = tuple[Assistant, ScriptedEndpoint]


@pytest.fixture
def drafting(
    with_composer: Callable[[Composer], Assistant], request: pytest.FixtureRequest
) -> Iterator[Drafting]:
    """Sanad with a composer that talks to a scripted endpoint."""
    timeout: float = getattr(request, "param", AMPLE)
    with ExitStack() as stack:
        endpoint = stack.enter_context(scripted_endpoint(lambda _seen: Reply()))
        settings = Settings(
            llm="endpoint",
            llm_base_url=endpoint.base_url,
            llm_model="scripted",
            llm_timeout=timeout,
        )
        composer = stack.enter_context(choose_composer(settings))
        yield with_composer(composer), endpoint


@pytest.mark.parametrize(
    ("drafting", "case"),
    [pytest.param(case.timeout, case, id=case.name) for case in ALL],
    indirect=["drafting"],
)
def test_none_of_it_leaves(drafting: Drafting, sanad: Assistant, case: Misbehaviour) -> None:
    assistant, endpoint = drafting
    endpoint.script = case.script
    events: list[tuple[EventKind, object]] = []
    answer = assistant.ask(case.question, lambda kind, payload: events.append((kind, payload)))
    assert_sound(answer, assistant.store)
    assert answer.engine.composer == "extractive"
    assert case.notice in {notice.kind for notice in answer.notices}
    plain = sanad.ask(case.question)
    assert answer.sentences == plain.sentences
    assert answer.citations == plain.citations
    assert answer.status == plain.status
    if case.leak:
        assert case.leak not in answer.model_copy(update={"id": ""}).model_dump_json()
        assert case.leak not in repr(events)


FAITHFUL = (
    (DELAY, "délivré", "En bref : le permis d'huile d'olive est délivré sous 10 jours."),
    (DELAY, "coûte", "Le permis d'huile d'olive coûte 450 dirhams"),
    (DELAY_AR, "تسلم", "باختصار، تسلم رخصة زيت الزيتون داخل 10 أيام."),
    (DELAY_AR, "تسلم", "تسلم رخصة زيت الزيتون داخل ١٠ أيام."),
    (SMALL, "exigé", "Un permis d'huile d'olive n'est pas exigé pour un envoi de moins de 5 kg."),
    (SMALL_AR, "تطلب", "• لا تطلب رخصة زيت الزيتون لإرسالية يقل وزنها عن 5 كيلوغرامات."),
    (
        SALES,
        "vallée",
        "Le journal de la vallée annonce des ventes de safran de 15 000 000 dirhams.",
    ),
)


@pytest.mark.parametrize(("question", "fragment", "text"), FAITHFUL)
def test_a_faithful_draft_leaves_as_generated(
    drafting: Drafting, question: str, fragment: str, text: str
) -> None:
    assistant, endpoint = drafting
    endpoint.script = lambda seen: sentences((text, [number_of(seen, fragment)]))
    answer = assistant.ask(question)
    assert_sound(answer, assistant.store)
    drafted, *rest = answer.sentences
    assert (drafted.text, drafted.mode) == (text, "generated")
    assert {sentence.mode for sentence in rest} <= {"quote"}
    assert (answer.engine.composer, answer.engine.model) == ("llm", "scripted")
    assert not {"draft_dropped", "model_away"} & {notice.kind for notice in answer.notices}


@pytest.mark.parametrize("question", [DELAY, DELAY_AR, SMALL, SMALL_AR, PHONE, PHONE_AR, SALES])
def test_a_verbatim_draft_leaves_as_a_quote(drafting: Drafting, question: str) -> None:
    assistant, endpoint = drafting
    endpoint.script = lambda seen: sentences(*((text, [n]) for n, text in seen.evidence.items()))
    answer = assistant.ask(question)
    assert_sound(answer, assistant.store)
    assert answer.engine.composer == "llm"
    assert {sentence.mode for sentence in answer.sentences} == {"quote"}


def test_what_is_proven_stays_when_a_lesser_part_is_not(drafting: Drafting) -> None:
    assistant, endpoint = drafting
    true = "Un permis d'huile d'olive est délivré sous 10 jours."
    endpoint.script = lambda seen: sentences(
        (true, [number_of(seen, "délivré")]),
        ("Un permis d'huile d'olive est délivré sous 11 jours.", [number_of(seen, "délivré")]),
    )
    answer = assistant.ask(DELAY)
    assert_sound(answer, assistant.store)
    assert answer.sentences[0].text == true
    assert not any("11" in sentence.text for sentence in answer.sentences)
    assert answer.engine.composer == "llm"


@pytest.mark.parametrize("question", [DELAY, DELAY_AR, SALES])
def test_what_the_model_leaves_out_is_quoted(
    drafting: Drafting, sanad: Assistant, question: str
) -> None:
    assistant, endpoint = drafting
    endpoint.script = lambda seen: sentences(
        (seen.evidence[max(seen.evidence)], [max(seen.evidence)])
    )
    answer = assistant.ask(question)
    assert_sound(answer, assistant.store)
    quoted = {sentence.text for sentence in sanad.ask(question).sentences}
    assert {sentence.text for sentence in answer.sentences} == quoted
    assert len(answer.sentences) == len(quoted)


def test_sentences_proven_before_the_connection_broke_are_not_half_an_answer(
    drafting: Drafting, sanad: Assistant
) -> None:
    assistant, endpoint = drafting

    def script(seen: Seen) -> Reply:
        whole = sentences(
            ("Un permis d'huile d'olive est délivré sous 10 jours.", [number_of(seen, "délivré")]),
            ("Un permis d'huile d'olive coûte 450 dirhams.", [number_of(seen, "coûte")]),
        )
        return Reply(tuple(whole.pieces)[:-6], whole=False)

    endpoint.script = script
    answer = assistant.ask(DELAY)
    assert_sound(answer, assistant.store)
    assert answer.sentences == sanad.ask(DELAY).sentences
    assert answer.engine.composer == "extractive"


def test_a_model_that_repeats_itself_is_heard_once(drafting: Drafting) -> None:
    assistant, endpoint = drafting
    endpoint.script = lambda seen: sentences(*[(seen.evidence[1], [1])] * 50)
    texts = [sentence.text for sentence in assistant.ask(DELAY).sentences]
    assert len(texts) == len(set(texts))


def test_a_model_that_goes_on_and_on_is_not_heard_out(drafting: Drafting) -> None:
    assistant, endpoint = drafting
    endpoint.script = lambda seen: sentences(
        *((f"{n}. {seen.evidence[1]}", [1]) for n in range(1, 13))
    )
    drafted = [s for s in assistant.ask(DELAY).sentences if s.mode == "generated"]
    assert [sentence.text[:2] for sentence in drafted] == [f"{n}." for n in range(1, 7)]


def test_a_listener_who_raises_ends_the_request(drafting: Drafting) -> None:
    assistant, endpoint = drafting
    hung_up = Event()

    def script(seen: Seen) -> Reply:
        whole = sentences(*((text, [n]) for n, text in seen.evidence.items()))
        return Reply(_until_closed(list(whole.pieces), hung_up))

    def emit(kind: EventKind, payload: object) -> None:
        if kind == "sentence":
            raise ConnectionAbortedError

    endpoint.script = script
    with pytest.raises(ConnectionAbortedError):
        assistant.ask(DELAY, emit)
    assert hung_up.wait(30)


@pytest.mark.parametrize("fence", ["```json\n{}\n```", "{}"])
def test_json_in_a_code_fence_is_json(drafting: Drafting, fence: str) -> None:
    assistant, endpoint = drafting

    def script(seen: Seen) -> Reply:
        item = {"text": seen.evidence[1], "evidence": [1]}
        return pieces(fence.replace("{}", json.dumps({"sentences": [item]})))

    endpoint.script = script
    assert assistant.ask(DELAY).engine.composer == "llm"


@pytest.mark.parametrize("question", [PHONE, PHONE_AR])
def test_phones_and_addresses_of_the_evidence_are_not_sent(
    drafting: Drafting, question: str
) -> None:
    assistant, endpoint = drafting
    endpoint.script = lambda seen: sentences(*((text, [n]) for n, text in seen.evidence.items()))
    answer = assistant.ask(question)
    [seen] = endpoint.seen
    assert "0537000111" in " ".join(sentence.text for sentence in answer.sentences)
    assert _addresses(json.dumps(seen.body, ensure_ascii=False)) == []
    assert any("[phone-1]" in text for text in seen.evidence.values())


def test_urls_of_the_evidence_are_not_sent(drafting: Drafting) -> None:
    assistant, endpoint = drafting
    endpoint.script = lambda seen: sentences(*((text, [n]) for n, text in seen.evidence.items()))
    answer = assistant.ask("Où le producteur dépose-t-il le formulaire D-12 ?")
    assert "huiles.exemple.ma" in answer.text
    assert "exemple.ma" not in json.dumps(endpoint.seen[0].body)


def _addresses(text: str) -> list[str]:
    return [f.value for f in find_figures(text) if f.kind in {"phone", "url", "email"}]


def test_evidence_lies_between_random_marks_and_the_system_message_never_changes(
    drafting: Drafting,
) -> None:
    assistant, endpoint = drafting
    endpoint.script = lambda _seen: sentences()
    for question in (DELAY, DELAY, DELAY_AR, PHONE):
        assistant.ask(question)
    assert {seen.system for seen in endpoint.seen} == {load_prompt("answer.v1").text}
    marks = [_fence(seen) for seen in endpoint.seen]
    assert len(set(marks)) == len(marks)


def _fence(seen: Seen) -> str:
    """The mark, once evidence and nothing else is known to lie between its two lines."""
    lines = seen.task.split("\n")
    mark = lines[1]
    first, last = 1, lines.index(mark, 2)
    assert re.fullmatch(r"<<[0-9a-f]{8,}>>", mark)
    assert len(seen.evidence) == last - first - 1
    assert all(re.match(r"\[\d+] \"", line) for line in lines[first + 1 : last])
    return mark


@pytest.mark.parametrize(
    ("question", "language"),
    [(DELAY, "French"), (DELAY_AR, "Arabic"), ("بشحال رخصة الزيتون؟", "Arabic")],
)
def test_the_language_of_the_answer_is_asked_for(
    drafting: Drafting, question: str, language: str
) -> None:
    assistant, endpoint = drafting
    endpoint.script = lambda _seen: sentences()
    assistant.ask(question)
    assert f"Answer in {language}." in endpoint.seen[0].task


@pytest.mark.parametrize(
    "question", ["Quelle est la capitale de la France ?", "comment frauder la douane ?", "9999 ؟"]
)
def test_without_evidence_no_model_is_asked(drafting: Drafting, question: str) -> None:
    assistant, endpoint = drafting
    answer = assistant.ask(question)
    assert not endpoint.seen
    assert not answer.sentences


def test_the_request_is_bounded_and_deterministic(drafting: Drafting) -> None:
    assistant, endpoint = drafting
    endpoint.script = lambda _seen: sentences()
    assistant.ask(DELAY)
    body = endpoint.seen[0].body
    assert body["temperature"] == 0
    assert body["max_completion_tokens"] == Settings().llm_max_tokens
    assert body["response_format"]["type"] == "json_schema"
    assert "tools" not in body


def test_citations_are_told_before_the_model_is_asked(drafting: Drafting) -> None:
    assistant, endpoint = drafting
    told: list[EventKind] = []
    at_request: list[EventKind] = []

    def script(seen: Seen) -> Reply:
        at_request.extend(told)
        return sentences((seen.evidence[1], [1]))

    endpoint.script = script
    assistant.ask(DELAY, lambda kind, _payload: told.append(kind))
    assert "citations" in at_request
    assert "sentence" not in at_request


def test_a_sentence_is_told_while_the_next_is_being_written(drafting: Drafting) -> None:
    assistant, endpoint = drafting
    told = Event()
    heard: list[bool] = []

    def script(seen: Seen) -> Reply:
        whole = sentences(*((text, [n]) for n, text in seen.evidence.items()))
        return Reply(_once_told(list(whole.pieces), told, heard))

    endpoint.script = script
    answer = assistant.ask(DELAY, lambda kind, _: told.set() if kind == "sentence" else None)
    assert answer.engine.composer == "llm"
    assert heard == [True]


def _until_closed(parts: list[str], hung_up: Event) -> Iterator[str]:
    """All but the end of a reply, then blanks for as long as somebody takes them."""
    try:
        yield from parts[:-2]
        yield from repeat(" ")
    finally:
        hung_up.set()


def _once_told(parts: list[str], told: Event, heard: list[bool]) -> Iterator[str]:
    """The end of the reply waits until the first sentence has been told."""
    yield from parts[:-2]
    heard.append(told.wait(30))
    yield from parts[-2:]


def test_answers_are_the_same_models_on_the_wire(drafting: Drafting) -> None:
    assistant, endpoint = drafting
    endpoint.script = lambda seen: sentences((seen.evidence[1], [1]))
    answer = assistant.ask(DELAY)
    assert Answer.model_validate_json(answer.model_dump_json()) == answer
