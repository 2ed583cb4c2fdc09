"""The LangChain adapters: the same search and the same answers, inside a chain."""

import re
from contextlib import nullcontext
from pathlib import Path

import pytest
from langchain_core.runnables import RunnableLambda

from assistant.assistant import Assistant
from assistant.langchain import SanadRetriever, answer_runnable
from assistant.question import Question
from tests.misbehaviour import DELAY, DELAY_AR


@pytest.mark.parametrize("question", [DELAY, DELAY_AR])
def test_the_retriever_gives_passages_with_their_place(sanad: Assistant, question: str) -> None:
    documents = SanadRetriever(assistant=sanad, k=3).invoke(question)
    assert len(documents) == 3
    for document in documents:
        text = sanad.store.document(document.metadata["document_id"]).text
        start, end = document.metadata["start"], document.metadata["end"]
        assert text[start:end] == document.page_content


@pytest.mark.parametrize("question", [DELAY, DELAY_AR])
def test_the_runnable_answers_as_the_assistant_does(sanad: Assistant, question: str) -> None:
    runnable = answer_runnable(sanad)
    expected = sanad.ask(question).sentences
    assert runnable.invoke(question).sentences == expected
    assert runnable.invoke(Question(question=question)).sentences == expected


def test_both_fit_into_a_chain(sanad: Assistant) -> None:
    chain = answer_runnable(sanad) | RunnableLambda(lambda answer: answer.status)
    assert chain.invoke(DELAY) == "answered"
    retrieved = SanadRetriever(assistant=sanad, k=1) | RunnableLambda(len)
    assert retrieved.invoke(DELAY_AR) == 1


def test_the_example_of_the_readme_runs(
    sanad: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    (example,) = (one for one in examples if "assistant.langchain" in one)
    monkeypatch.setattr("assistant.assistant.open_assistant", lambda _settings: nullcontext(sanad))
    exec(compile(example.replace("Qui achète le zellige marocain ?", DELAY), "README.md", "exec"))
    assert capsys.readouterr().out.strip() == sanad.ask(DELAY).sentences[0].text
