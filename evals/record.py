"""Record: what evaluation keeps in a file and reads back."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Never altered once made, and refused with a field that nobody knows.

    Such a field is misspelt or of another version; whatever it was to say would be lost.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
