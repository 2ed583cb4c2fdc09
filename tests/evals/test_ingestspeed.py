from pathlib import Path

import pytest

from evals.ingestspeed import EMBED, IngestSpeed, Ratio, compare_embedding, measure_ingest
from ingest.errors import ExtractError
from ingest.pipeline import IngestSettings
from tests.fakes import FakeEmbedder

FRENCH, ARABIC = "Le port de Fès ouvre le 3 mai 2026.", "يفتح ميناء فاس يوم 3 ماي 2026."


def measured(folder: Path) -> IngestSpeed:
    embedder = FakeEmbedder()
    return measure_ingest(
        [folder], IngestSettings(), embedder, embedder.embed_queries, sample=2, rounds=3
    )


def test_every_stage_is_timed_and_everything_counted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{FRENCH} {ARABIC}", encoding="utf-8")
    (tmp_path / "ب.txt").write_text(ARABIC, encoding="utf-8")
    speed = measured(tmp_path)
    assert (speed.files, speed.documents, speed.pages) == (2, 2, 2)
    assert speed.texts == 3
    assert speed.tokens > speed.passages == 3
    stages = {"load", "read", "keep", "link", "passages", "store", "words", EMBED, "publish"}
    assert stages <= set(speed.seconds)
    assert speed.total == pytest.approx(sum(speed.seconds.values()))
    assert speed.peak_bytes >= speed.base_bytes > 1_000_000
    assert len(speed.embedding.values) == 3
    assert speed.embedding.texts == 2


def test_nothing_to_embed_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match="nothing to embed"):
        measured(tmp_path)


def test_both_do_the_same_work_in_turns() -> None:
    said: list[str] = []
    embedder = FakeEmbedder()

    def bare(texts: object) -> None:
        said.append(f"bare after {embedder.calls}")

    ratio = compare_embedding(embedder, bare, [FRENCH, ARABIC], 4)
    assert said == ["bare after 0", "bare after 4", "bare after 4", "bare after 8"]
    assert len(ratio.values) == 4


def test_what_is_added_is_a_share_of_embedding() -> None:
    ratio = Ratio((0.9, 1.1, 1.0), 5, 10.0)
    speed = IngestSpeed(1, 1, 1, 1, 1, 1, {"read": 1.0, EMBED: 10.0, "publish": 0.5}, 1, 2, ratio)
    assert speed.added == pytest.approx(0.15)
    assert ratio.median == 1.0
