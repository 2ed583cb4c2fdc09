"""The language model that Sanad drafts with, asked plainly: no schema, no evidence, no check."""

from langchain_core.messages import BaseMessage
from langchain_core.prompt_values import PromptValue
from langchain_openai import ChatOpenAI
from openai import OpenAIError
from pydantic import SecretStr

from assistant.composers import Endpoint
from assistant.settings import Settings
from ingest.errors import LanguageModelError


class ChatModel:
    """One model over one connection; a local one is started here.

    It writes as many tokens, and waits as long, as Sanad's own drafts may. It streams, for that is
    how Sanad asks, and a wait then ends at the first silence and not at the end of a long answer.
    """

    def __init__(self, endpoint: Endpoint, settings: Settings) -> None:
        self.model = endpoint.model
        self._chat = ChatOpenAI(
            base_url=endpoint.base_url(),
            model=endpoint.model,
            api_key=SecretStr(endpoint.api_key),
            temperature=0,
            timeout=settings.llm_timeout,
            max_retries=0,
            max_completion_tokens=settings.llm_max_tokens,
            streaming=True,
            stream_usage=False,
            use_responses_api=False,
        )

    def write(self, messages: PromptValue | list[BaseMessage]) -> str:
        """What the model says; raises LanguageModelError."""
        try:
            return self._chat.invoke(messages).text.strip()
        except OpenAIError as error:
            raise LanguageModelError(f"The language model {self.model} failed: {error}") from error
