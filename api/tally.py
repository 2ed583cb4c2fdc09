"""Tally: the folder in which workers count together."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""What prometheus_client calls the folder that workers share; it looks for it when imported."""


@contextmanager
def shared_by_workers() -> Iterator[None]:
    """Have this process and those that begin meanwhile count together.

    Must be entered before prometheus_client is imported.
    """
    with TemporaryDirectory(prefix="sanad-metrics-") as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]
