import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shared_file() -> Callable[[str], Path]:
    """A file of the optional folder of examples that may lie next to the checkout."""

    def locate(name: str) -> Path:
        folder = (ROOT / os.environ.get("SANAD_SHARED", "../shared")).resolve()
        path = folder / name
        if not path.exists():
            reason = f"{name} is not there; point SANAD_SHARED to the folder of examples"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        return path

    return locate
