"""Fifth step: the passages that could answer, whatever their language."""

from dataclasses import replace

from assistant.state import State
from index.retriever import HybridRetriever

DEPTH = 24


class Retrieve:
    """Searches all languages at once: a sheet found in one is shown in the user's own later."""

    name = "retrieve"

    def __init__(self, retriever: HybridRetriever, depth: int = DEPTH) -> None:
        self._retriever = retriever
        self._depth = depth

    def run(self, state: State) -> State:
        """Fill `query` and `hits`, best first."""
        added = state.text if state.standalone != state.text else ""
        wordings = [state.standalone, *filter(None, (added, state.gloss))]
        query = self._retriever.encode(*wordings)
        return replace(state, query=query, hits=self._retriever.search(query, self._depth))
