"""The names of people and of keys, in any script, in the one form in which they are compared."""

import re
import unicodedata

from ingest.errors import InputError

_NAME = re.compile(r"\w[\w.@-]{0,63}")


def fold(name: str) -> str:
    """The name as it is stored: Amina, AMINA and full-width Amina are one.

    Raises InputError where it holds more than letters, digits and . _ - @, or over 64 of them. The
    colon is left out on purpose: it sets apart who comes from elsewhere, see `api.access.oidc`.
    """
    folded = _nfkc(_nfkc(name).strip().casefold())
    if not _NAME.fullmatch(folded):
        raise InputError(
            "A name is 1 to 64 letters, digits and . _ - @, and begins with a letter or digit."
        )
    return folded


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
