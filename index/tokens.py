"""Words as the lexical index sees them: folded, stemmed, figures in one canonical form.

The analysis does not depend on a guessed language, so that a question and a passage that share a
word always share a token: Arabic words lose their article and give their stem with and without the
particle written onto them, Latin words their French and their English stem, and every figure
(amount, date, phone, code) adds its value. The number of a law is one token however it is written
(«91.14», `91-14`), and so is an article together with its law.
"""

import hashlib
import re
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

import Stemmer

from ingest.figures import find_figures
from ingest.fold import fold
from ingest.law import references

_WORD = re.compile(r"[^\W\d_]+|\d+")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_ARTICLE = re.compile(r"^[وف]?(?:[بك]?ال|لل)(?=\w{3})")
_PARTICLE = re.compile(r"^[وفبكل](?=\w{4})")
LEGAL = "law="
"""How the tokens for laws and their articles begin."""

_FIGURE = "="
_VERSION = "4"
_STEMMERS = threading.local()


@cache
def stopwords() -> frozenset[str]:
    """Folded words that are never indexed, from `stopwords.txt`."""
    lines = files("index").joinpath("stopwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(
        fold(word) for line in lines if not line.startswith("#") for word in line.split()
    )


def analysis() -> str:
    """Names this way of cutting words; an index made in another way has to be built anew."""
    words = " ".join(sorted(stopwords()))
    return f"{_VERSION}:{hashlib.sha256(words.encode()).hexdigest()}"


def tokenize(text: str) -> list[str]:
    """Tokens of `text` in reading order, stop words left out; duplicates kept for term counts."""
    words = [token for word in stems(text) for token in word]
    return words + _figure_tokens(text) + _legal_tokens(text)


def figure_kinds(tokens: Iterable[str]) -> set[str]:
    """The kinds of figure among the tokens of a text, see `ingest.figures`."""
    marked = (token.partition(_FIGURE) for token in tokens if not token.startswith(LEGAL))
    return {kind for kind, mark, _ in marked if mark}


def stems(text: str) -> list[tuple[str, ...]]:
    """The stems of each word of `text` in reading order, stop words left out."""
    return [_stems(word) for word in _words(text)]


def _words(text: str) -> Iterator[str]:
    for match in _WORD.finditer(fold(text)):
        word = match.group()
        if word not in stopwords():
            yield word


def _stems(word: str) -> tuple[str, ...]:
    if word.isdigit():
        return (word,)
    if _ARABIC.search(word):
        word = _ARTICLE.sub("", word)
        bare = _PARTICLE.sub("", word)
        return tuple(dict.fromkeys(_stemmer("arabic").stemWord(form) for form in (word, bare)))
    french, english = _stemmer("french").stemWord(word), _stemmer("english").stemWord(word)
    return (french,) if french == english else (french, english)


def _figure_tokens(text: str) -> list[str]:
    return [f"{figure.kind}{_FIGURE}{figure.value}" for figure in find_figures(text)]


def _legal_tokens(text: str) -> list[str]:
    """The laws named line by line, and the articles named beside them: `law=91-14:15`.

    A line that speaks of an article of another law does not hold the token of that law's article.
    """
    tokens: list[str] = []
    for line in text.split("\n"):
        named = references(line)
        for number in named.numbers:
            bare = number.lstrip("0")
            tokens += [f"{LEGAL}{bare}", *(f"{LEGAL}{bare}:{one}" for one in named.articles)]
    return tokens


def _stemmer(language: str) -> Stemmer.Stemmer:
    """One stemmer per thread: Snowball stemmers keep state while they work."""
    stemmer = getattr(_STEMMERS, language, None)
    if stemmer is None:
        stemmer = Stemmer.Stemmer(language)
        setattr(_STEMMERS, language, stemmer)
    return stemmer
