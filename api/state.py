"""What the routes need from the application: the assistant, its earlier answers, a slot to work in.

All of it is at hand: asynchronous functions, for FastAPI would send others through its threads.
"""

from fastapi import Request

from api.admission import Admission
from assistant.answercache import AnswerCache
from assistant.assistant import Assistant


async def assistant(request: Request) -> Assistant:
    """The opened assistant of this application."""
    opened: Assistant = request.app.state.assistant
    return opened


async def answers(request: Request) -> AnswerCache:
    """The answers that this application has given before."""
    kept: AnswerCache = request.app.state.answers
    return kept


async def admission(request: Request) -> Admission:
    """The way to a thread in which an answer is worked on."""
    bounds: Admission = request.app.state.admission
    return bounds
