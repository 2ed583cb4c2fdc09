"""Profile: what people told about themselves moves what concerns them forward, hiding nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.mentions import Mentions
from assistant.question import Profile
from assistant.state import State
from index.retriever import Match
from index.store import Store, StoredSentence
from ingest.fold import fold
from ingest.glossary import Term

BONUS = 0.25
"""In spreads above chance (`index.retriever.Query`): what stands further ahead than that stays."""


BEGINNING = "export-procedure"
"""The topic of what somebody who never exported has to know first."""

NEWCOMER = "first-time-exporter"
"""The term of the glossary that names who never exported."""


class Profiled:
    """Lifts matches about the region, the sector or the market of a profile by at most BONUS, and
    for a first export what a newcomer needs.

    A sheet is about a sector or a region when it says so; a statement is about a market when it
    names it, in any of the languages of the glossary. A newcomer needs definitions, the first steps
    and what is for newcomers by its title. Whoever has exported before, or did not say, gets
    nothing moved by that.
    """

    name = "profile"

    def __init__(self, store: Store, terms: Sequence[Term]) -> None:
        self._store = store
        self._mentions = Mentions(terms)
        self._gazetteer = store.gazetteer

    def run(self, state: State) -> State:
        """Reorder `matches`; without a profile they stay as they are."""
        profile, query = state.question.profile, state.query
        if query is None or profile is None:
            return state
        wanted = frozenset(self._wanted(profile))
        markets = self._named(profile.market)
        if not (wanted or markets or profile.first_export):
            return state
        found = self._store.sentences(match.row for match in state.matches)
        lifted: list[Match] = []
        for match, sentence in zip(state.matches, found, strict=True):
            concerns = self._concerns(sentence, wanted, markets) or (
                profile.first_export and self._begins(sentence)
            )
            bonus = BONUS * query.spread if concerns else 0.0
            lifted.append(replace(match, score=match.score + bonus))
        return replace(state, matches=tuple(sorted(lifted, key=lambda match: -match.score)))

    def _wanted(self, profile: Profile) -> Iterator[str]:
        """Ids of the sector and of the regions, as sheets give them."""
        if profile.sector:
            yield "-".join(fold(profile.sector).split())
            yield from self._named(profile.sector)
        yield from (region.id for region in self._gazetteer.named(profile.region or ""))

    def _named(self, text: str | None) -> frozenset[str]:
        return frozenset(mention.term.id for mention in self._mentions.find(text or ""))

    def _concerns(
        self, sentence: StoredSentence, wanted: frozenset[str], markets: frozenset[str]
    ) -> bool:
        document = self._store.document(sentence.document_id)
        if not wanted.isdisjoint((*document.sectors, *document.regions)):
            return True
        return bool(markets) and not markets.isdisjoint(self._named(sentence.words))

    def _begins(self, sentence: StoredSentence) -> bool:
        document = self._store.document(sentence.document_id)
        return (
            document.kind == "definition"
            or BEGINNING in document.topics
            or NEWCOMER in self._named(document.title)
        )
