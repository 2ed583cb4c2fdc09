"""Common words: what people write in French, English and Arabic, whatever it is about.

`common-words.npy` holds what the package `wordfreq` counts more than once in ten million words,
folded and then hashed to 32 bits, sorted: 1.2 MB that are mapped, not read, where the lists
themselves take 3 s and 130 MB to load and fold. One slip in 14,000 has the hash of another word; it
is then left as it was typed.

`python -m index.commonwords` writes the file anew, when `wordfreq` or the folding changed.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.arrays import mapped
from ingest.fold import fold

_FILE = "common-words.npy"
_COMMON = 700
"""In hundredths of a decimal logarithm: what is written more than once in ten million words."""
_LISTS = {"ar": "arab", "fr": "latn", "en": "latn"}
LEAST = {"arab": 4, "latn": 5}
"""How many letters a word has at least before anybody asks. Arabic words have no short vowels."""
_LETTERS = re.compile(r"[^\W\d_]+")
_ARABIC = re.compile(r"[\u0600-\u06ff]")

Hashes = NDArray[np.uint32]


class CommonWords:
    """Whether a folded word is one that people write; asked of words of `LEAST` letters or more."""

    def __init__(self, hashes: Hashes) -> None:
        self._hashes = hashes

    @classmethod
    def load(cls) -> "CommonWords":
        """Those shipped with the index."""
        path = Path(str(files("index").joinpath(_FILE)))
        return cls(mapped(path))

    @classmethod
    def of(cls, words: Iterable[str]) -> "CommonWords":
        """Folded words, each hashed once."""
        return cls(np.unique(np.fromiter(map(_hash, words), dtype=np.uint32)))

    def save(self, path: Path) -> None:
        """Write the sorted hashes; equal words give equal bytes."""
        np.save(path, self._hashes, allow_pickle=False)

    def __len__(self) -> int:
        return len(self._hashes)

    def __contains__(self, word: str) -> bool:
        """Whether people write it, in any of the three languages."""
        wanted = np.uint32(_hash(word))
        place = int(np.searchsorted(self._hashes, wanted))
        return place < len(self) and bool(self._hashes[place] == wanted)


def script(word: str) -> str:
    """`arab` for a word with a letter of the Arabic block, else `latn`."""
    return "arab" if _ARABIC.search(word) else "latn"


def gather() -> Iterator[str]:
    """The words of the lists, folded; only such as are asked for."""
    from wordfreq import get_frequency_list  # noqa: PLC0415  (a quarter of a second, at build only)

    for language, written_in in _LISTS.items():
        listed = chain.from_iterable(get_frequency_list(language)[:_COMMON])
        for word in fold("\n".join(listed)).split("\n"):
            is_long = script(word) == written_in and len(word) >= LEAST[written_in]
            if is_long and _LETTERS.fullmatch(word):
                yield word


def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest())


if __name__ == "__main__":
    CommonWords.of(gather()).save(Path(__file__).with_name(_FILE))
