"""Who is measured: the module that runs, the packages it is made of, and what they install from."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import InputError

CHECKOUT = Path(__file__).resolve().parents[2]
_REQUIREMENTS = Path(__file__).with_name("requirements")
_SUBJECTS = "evals.peers.subjects"
_OWN = ("pyproject.toml", "constraints.txt")
_ROOMS = ("ingest", "index", "assistant", "evals", "api")

SANAD = "sanad"


class PeerUnknownError(InputError):
    """Nobody of this name can be measured."""

    code = "peer_unknown"


@dataclass(frozen=True, slots=True)
class Peer:
    """A subject. Those that share requirements share an environment.

    `packages` are the distributions whose versions the page tells. `inputs` are the files besides
    the requirements that decide what is installed, `sources` the folders of its own code: both in
    the checkout.
    """

    name: str
    module: str
    packages: tuple[str, ...]
    requirements: Path
    inputs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def _peer(name: str, module: str, *packages: str) -> Peer:
    requirements = _REQUIREMENTS / f"{name}.txt"
    return Peer(name, f"{_SUBJECTS}.{module}", packages, requirements)


def _own(name: str, module: str) -> Peer:
    requirements = _REQUIREMENTS / "sanad.txt"
    packages = ("onnxruntime", "faiss-cpu")
    return Peer(name, f"{_SUBJECTS}.{module}", packages, requirements, _OWN, _ROOMS)


PEERS = (
    _own(SANAD, "sanad"),
    _own("sanad-passages", "sanadpassages"),
    _peer("bare", "bare", "sentence-transformers", "faiss-cpu"),
    _peer("langchain", "langchainfaiss", "langchain-core", "langchain-huggingface", "faiss-cpu"),
    _peer("llamaindex", "llamaindex", "llama-index-core", "llama-index-embeddings-huggingface"),
    _peer("txtai", "txtaiembeddings", "txtai", "faiss-cpu"),
    _peer("haystack", "haystackmemory", "haystack-ai", "sentence-transformers-haystack"),
)


def choose(names: Iterable[str]) -> tuple[Peer, ...]:
    """Those of these names in the order of the roster, or all without one; raises PeerUnknownError.

    Sanad is always among them: the others are held against it.
    """
    wanted = {*names}
    known = {peer.name for peer in PEERS}
    if unknown := sorted(wanted - known):
        raise PeerUnknownError(
            f"There is no peer {', '.join(unknown)}; choose of {', '.join(sorted(known))}."
        )
    return tuple(peer for peer in PEERS if not wanted or peer.name in {*wanted, SANAD})
