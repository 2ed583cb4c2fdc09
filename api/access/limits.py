"""Limits: how much one caller may ask for in a minute, so that the others need not wait for it.

Counted in this process alone: with several workers each of them grants as much. That bounds a
caller all the same, and costs no look-up in the database.
"""

from math import ceil
from threading import Lock
from time import time
from typing import TYPE_CHECKING

from fastapi import Request

from api.access.address import HERE, address_of
from api.access.caller import PUBLIC, Caller, caller
from api.proxies import is_direct
from assistant.settings import Settings
from ingest.errors import NotSignedInError, RateLimitError

if TYPE_CHECKING:
    from limits.strategies import MovingWindowRateLimiter

CONVERSATION = "Sanad-Conversation"
"""The header that carries the token of a conversation."""


class Limits:
    """The requests of the last minute, by key or user, by address and by conversation.

    Whoever is known counts by name, wherever from; the public by address, except for who asks on
    this machine without a proxy, as programs that measure do. A conversation has a limit of its
    own besides. 0 is none.
    """

    def __init__(self, *, address: int, known: int, conversation: int) -> None:
        self._address = address
        self._known = known
        self._conversation = conversation
        self._counting = Lock()
        self._windows: MovingWindowRateLimiter | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits that the settings name."""
        return cls(
            address=settings.limit_address,
            known=settings.limit_known,
            conversation=settings.limit_conversation,
        )

    def count(self, request: Request, who: Caller) -> None:
        """Count the request; raises RateLimitError where one more would be too many."""
        if who.kind != "public":
            self._hit(self._known, who.actor, f"as {who.name}")
        elif not is_direct(request) and (address := address_of(request)) != HERE:
            self._hit(self._address, f"address:{address}", "from this address")
        if token := request.headers.get(CONVERSATION):
            self._hit(self._conversation, f"conversation:{hash(token)}", "in this conversation")

    def _hit(self, allowed: int, whose: str, told: str) -> None:
        if not allowed:
            return
        from limits import RateLimitItemPerMinute  # noqa: PLC0415  (0.1 s that a start need not wait)

        item = RateLimitItemPerMinute(allowed)
        windows = self._opened()
        if windows.hit(item, whose):
            return
        free = windows.get_window_stats(item, whose).reset_time
        wait = min(60, max(1, ceil(free - time())))
        raise RateLimitError(
            f"{allowed} requests a minute are allowed {told}; ask again in {wait} s.", wait
        )

    def _opened(self) -> "MovingWindowRateLimiter":
        from limits.storage import MemoryStorage  # noqa: PLC0415
        from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415

        with self._counting:
            if self._windows is None:
                self._windows = MovingWindowRateLimiter(MemoryStorage())
            return self._windows


async def limited(request: Request) -> None:
    """For the routes that anybody may call; raises RateLimitError with how long to wait.

    Who brings a key that does not count is counted too, and then raises NotSignedInError.
    """
    limits: Limits = request.app.state.limits
    try:
        who = await caller(request)
    except NotSignedInError:
        limits.count(request, PUBLIC)
        raise
    limits.count(request, who)
