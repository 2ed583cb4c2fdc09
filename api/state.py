"""What the routes need from the application: the assistant that its lifespan opened."""

from fastapi import Request

from assistant.assistant import Assistant


def assistant(request: Request) -> Assistant:
    """The opened assistant of this application."""
    opened: Assistant = request.app.state.assistant
    return opened
