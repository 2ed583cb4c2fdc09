"""What writing an answer took: counted on the way, for whoever measures; no part of the answer."""

from dataclasses import dataclass, field
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft with the numbers it cites, and why it was dropped; `reason` is empty if it left."""

    text: str
    evidence: tuple[int, ...]
    reason: str


@dataclass(slots=True)
class Meter:
    """Filled while drafts are drawn, and the one thing in a state that changes.

    Drafts come lazily, so what they cost is known only after the step that started them. Tokens
    are those that the model's server counted, None while it told none; `first_token_ms` is the time
    from the request to the first piece of text, `first_draft_ms` that to the first whole draft.
    """

    prompt_tokens: int | None = None
    output_tokens: int | None = None
    first_token_ms: float | None = None
    first_draft_ms: float | None = None
    judged: list[Judged] = field(default_factory=list)

    def dropped(self) -> dict[str, int]:
        """How many drafts were dropped, by reason."""
        reasons = [one.reason for one in self.judged if one.reason]
        return {reason: reasons.count(reason) for reason in sorted(set(reasons))}


def milliseconds_since(started: float) -> float:
    """How long ago `perf_counter` gave `started`, to a tenth of a millisecond."""
    return round((perf_counter() - started) * 1000, 1)
