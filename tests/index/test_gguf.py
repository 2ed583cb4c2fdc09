"""Half a model is told from a whole one before it is loaded, wherever it ends."""

import struct
from pathlib import Path

import pytest

from index.gguf import require_all, require_gguf
from index.modelstore import ModelStore
from ingest.errors import ModelDamagedError
from tests.tinygguf import tiny_gguf

SMALL = "qwen2.5-coder-0.5b-instruct-q4_k_m"


@pytest.mark.parametrize("alignment", [32, 64])
def test_a_whole_file_is_taken_and_half_of_one_refused(tmp_path: Path, alignment: int) -> None:
    file, whole = tmp_path / "نموذج.gguf", tiny_gguf(alignment)
    file.write_bytes(whole)
    assert require_all(file) == file
    for kept in range(24, len(whole) - alignment + 1):
        file.write_bytes(whole[:kept])
        assert require_gguf(file) == file
        with pytest.raises(ModelDamagedError, match=r"نموذج\.gguf ends too early.*SANAD_LLM_MODEL"):
            require_all(file)


@pytest.mark.parametrize("change", [b"\x07\0\0\0", b"\xff\xff\xff\xff"])
def test_types_that_do_not_exist_are_no_model(tmp_path: Path, change: bytes) -> None:
    whole = tiny_gguf()
    at = whole.index(b"tokenizer.scores") + len(b"tokenizer.scores")
    file = tmp_path / "m.gguf"
    file.write_bytes(whole[:at] + struct.pack("<I", 99) + change + whole[at + 8 :])
    with pytest.raises(ModelDamagedError):
        require_all(file)


def test_a_real_model_is_whole_and_its_half_is_not(model_store: ModelStore, tmp_path: Path) -> None:
    real = model_store.path(SMALL)
    assert require_all(real) == real
    half = tmp_path / "half.gguf"
    with real.open("rb") as source, half.open("wb") as target:
        target.write(source.read(20_000_000))
    with pytest.raises(ModelDamagedError, match="not fetched to its end"):
        require_all(half)
