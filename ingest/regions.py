"""Regions: the kingdom's regions, their provinces and cities, and the office of each.

People name the city they work in, not the region it belongs to: a `Gazetteer` finds the
region behind "Safi" or «بآسفي», so that an answer can point to its office.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import Field

from ingest.fold import fold
from ingest.problem import Problem
from ingest.schema import Matter, Slug, Text, Translated, validated
from ingest.yamltext import YamlText

REGIONS_FILE = "regions.yaml"

REGION_COUNT = 12
"""The kingdom has twelve regions; another number is a slip."""


@dataclass(frozen=True, slots=True)
class Place:
    """A province, prefecture or city: its French and Arabic names and other spellings.

    `everyday` lists the forms that are also common words (الجديدة is "the new one"): they name the
    place only after a word such as «à» or «مدينة», after a prefix as in «بالجديدة», or alone.
    """

    names: Mapping[str, str]
    variants: tuple[str, ...] = ()
    everyday: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """Every way to write the place, common words included."""
        return (*self.names.values(), *self.variants)


@dataclass(frozen=True, slots=True)
class Region:
    """A region; `office` is the id of the body in the directory that serves it."""

    id: str
    names: Mapping[str, str]
    variants: tuple[str, ...]
    provinces: tuple[Place, ...]
    cities: tuple[Place, ...]
    office: str

    @property
    def places(self) -> tuple[Place, ...]:
        """The region itself, its provinces and its cities."""
        return (Place(self.names, self.variants), *self.provinces, *self.cities)


class Gazetteer:
    """Finds the regions that a text names, by themselves or by one of their places.

    Build it once: it holds one compiled pattern, in which the longest name wins, so that
    «العيون سيدي ملوك» in the east is not taken for «العيون» in the south.
    """

    def __init__(self, regions: Iterable[Region]) -> None:
        self._regions = tuple(regions)
        places = [(region.id, place) for region in self._regions for place in region.places]
        self._everyday = {_key(form) for _, place in places for form in place.everyday}
        self._owner = {_key(form): owner for owner, place in places for form in place.forms}
        for form in [form for form in self._owner if form.startswith("ال")]:
            self._owner["لل" + form[2:]] = self._owner[form]
        forms = "|".join(re.escape(form) for form in sorted(self._owner, key=len, reverse=True))
        self._pattern = re.compile(
            rf"(?<!\w)(?P<where>(?:{_PLACE_WORD} )?)(?P<prefix>و?[بفلك]?)(?P<form>{forms})(?!\w)"
            if forms
            else r"(?!)"
        )

    def named(self, text: str) -> tuple[Region, ...]:
        """The regions named in `text`, in the order of the file, each once."""
        key = _key(text)
        owners = {
            self._owner[match["form"]]
            for match in self._pattern.finditer(key)
            if match["form"] not in self._everyday or match["form"] == key or _is_place(match)
        }
        return tuple(region for region in self._regions if region.id in owners)


def _key(text: str) -> str:
    """Folded text in which hyphens, spaces and final punctuation make no difference."""
    return " ".join(re.sub(r"[-\s]+", " ", fold(text)).strip(" ?!.,;:").split())


def _is_place(match: re.Match[str]) -> bool:
    return bool(match["where"]) or (match["prefix"] != "" and match["form"].startswith("ال"))


_PLACE_WORDS = (
    *("à", "de", "ville de", "province de", "région de", "in", "at", "from", "near", "city of"),
    *("f", "fi", "mn", "في", "ف", "من", "إلى", "مدينة", "إقليم", "عمالة", "جهة", "ميناء"),
)
_PLACE_WORD = rf"(?:{'|'.join(fold(word) for word in _PLACE_WORDS)})"


def read_regions(read: YamlText, problems: list[Problem]) -> tuple[Region, ...]:
    """The regions of a YAML text that was read; what is wrong is added to `problems`."""
    if read.data is None:
        return ()
    matter = validated(_Regions, read.data, read=read, file=REGIONS_FILE, problems=problems)
    return tuple(_region(entry) for entry in matter.regions) if matter else ()


class _Place(Matter):
    fr: Text
    ar: Text
    variants: tuple[Text, ...] = ()
    everyday: tuple[Text, ...] = ()


class _Region(Matter):
    id: Slug
    names: Translated
    variants: tuple[Text, ...] = ()
    office: Slug
    provinces: tuple[_Place, ...] = Field(min_length=1)
    cities: tuple[_Place, ...] = Field(min_length=1)


class _Regions(Matter):
    regions: tuple[_Region, ...] = Field(min_length=1)


def _region(entry: _Region) -> Region:
    return Region(
        id=entry.id,
        names=entry.names.model_dump(),
        variants=entry.variants,
        provinces=tuple(_place(place) for place in entry.provinces),
        cities=tuple(_place(place) for place in entry.cities),
        office=entry.office,
    )


def _place(entry: _Place) -> Place:
    return Place({"fr": entry.fr, "ar": entry.ar}, entry.variants, entry.everyday)
