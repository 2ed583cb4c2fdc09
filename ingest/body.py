"""Bodies: the institutions and departments of the directory, and how to reach them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ingest.document import Source

ContactKind = Literal["phone", "fax", "email", "url", "address"]


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach a body, with the source that ties it to that body."""

    kind: ContactKind
    value: str
    source: Source


@dataclass(frozen=True, slots=True)
class Body:
    """An institution or department. `names` and `purpose` are given per language (fr, ar, en).

    `topics` are those of the sheets whose readers it can help further.
    """

    id: str
    names: Mapping[str, str]
    aliases: tuple[str, ...]
    purpose: Mapping[str, str]
    contacts: tuple[Contact, ...]
    topics: tuple[str, ...] = ()
