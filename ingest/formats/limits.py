"""Limits: how much one file may hold before it is data, or an attack, and not a document."""

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """Bounds on one file; beyond them it is refused whole, never cut.

    `max_pages` counts printed pages, `max_unpacked` the bytes that a packed file (DOCX, XLSX)
    declares for all it holds, `max_ratio` how often larger they may be than the file itself, and
    `max_cells` the cells of all tables of a spreadsheet or CSV file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_pages: int = Field(default=2_000, ge=1)
    max_unpacked: int = Field(default=200_000_000, ge=1)
    max_ratio: int = Field(default=100, ge=1)
    max_cells: int = Field(default=500_000, ge=1)
