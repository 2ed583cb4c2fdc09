from pathlib import Path

import pytest

from ingest.corpus import is_corpus, load_corpus, read_corpus
from ingest.errors import CorpusError, PathMissingError
from tests.ingest.sheets import GUIDE, write_corpus


def test_a_sound_corpus(tmp_path: Path) -> None:
    corpus = load_corpus(write_corpus(tmp_path))
    assert [document.id for document in corpus.documents] == [
        "targets.ar",
        "targets.en",
        "targets.fr",
    ]
    body = corpus.body("trade-office")
    assert body is not None
    assert body.names["ar"] == "مكتب التجارة"
    assert body.topics == ("trade-programme",)
    assert [(contact.kind, contact.value) for contact in body.contacts] == [("phone", "0537000001")]
    assert [entry.value for entry in corpus.unattributed] == ["0537000009"]
    source = corpus.sources["meeting-2025"]
    assert (source.title, source.date) == ("Réunion de suivi : le programme", "2025-06")
    assert (source.tier, source.dated_by) == ("press", "inferred")
    assert corpus.sources["parliament-2025"].url is None
    assert corpus.body("nobody") is None


def test_a_guide_is_read_after_the_sheets_it_gathers_from(tmp_path: Path) -> None:
    write_corpus(tmp_path)
    folder = tmp_path / "sheets" / "a-first-folder"
    folder.mkdir()
    for language in ("fr", "ar", "en"):
        text = GUIDE.format(language=language, address="targets#exports-84")
        (folder / f"guide.{language}.md").write_text(text, encoding="utf-8")
    corpus = load_corpus(tmp_path)
    by_id = {document.id: document for document in corpus.documents}
    for language in ("fr", "ar", "en"):
        _, taken = by_id[f"guide.{language}"].statements
        known = next(s for s in by_id[f"targets.{language}"].statements if s.anchor == "exports-84")
        assert (
            by_id[f"guide.{language}"].text[taken.start : taken.end]
            == (by_id[f"targets.{language}"].text[known.start : known.end])
        )


def test_a_guide_takes_nothing_from_a_guide(tmp_path: Path) -> None:
    write_corpus(tmp_path)
    for name, address in (("one", "targets#exports-84"), ("two", "one#aim")):
        text = GUIDE.format(language="fr", address=address).replace("id: guide", f"id: {name}")
        (tmp_path / "sheets" / f"{name}.fr.md").write_text(text, encoding="utf-8")
    problems = read_corpus(tmp_path).problems
    assert {problem.file for problem in problems} == {"sheets/two.fr.md"}
    assert any("no statement 'one#aim'" in problem.message for problem in problems)


def test_which_folder_is_a_corpus(tmp_path: Path) -> None:
    assert not is_corpus(tmp_path)
    assert is_corpus(write_corpus(tmp_path))


def test_a_broken_corpus_is_refused_with_all_its_problems(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path)
    for language in ("fr", "ar"):
        path = folder / "sheets" / "trade-programme" / f"targets.{language}.md"
        path.write_text(path.read_text(encoding="utf-8").replace("kind: fact", "kind: x"), "utf-8")
    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)
    assert "targets.fr.md:5" in str(caught.value)
    assert "targets.ar.md:5" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"),
    [
        ("sources.yaml", "tier: press", "tier: gossip", "schema"),
        ("sources.yaml", "date: 2025-06", "date: June", "schema"),
        ("sources.yaml", "dated_by: inferred", "dated_by: none", "date"),
        ("sources.yaml", "language: fr", "langue: fr", "schema"),
        ("directory.yaml", "kind: phone", "kind: pigeon", "schema"),
        ("directory.yaml", "source: meeting-2025", "source: nobody", "source"),
        ("directory.yaml", "ar: مكتب التجارة, ", "", "schema"),
        ("directory.yaml", "bodies:", "bodies: [", "yaml"),
    ],
)
def test_mistakes_beside_the_sheets(
    tmp_path: Path, name: str, old: str, new: str, rule: str
) -> None:
    path = write_corpus(tmp_path) / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    problems = read_corpus(tmp_path).problems
    assert rule in {problem.rule for problem in problems if problem.file == name}


def test_missing_files_are_problems(tmp_path: Path) -> None:
    (tmp_path / "sheets").mkdir()
    assert {problem.file for problem in read_corpus(tmp_path).problems} == {
        "sources.yaml",
        "directory.yaml",
    }


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(PathMissingError):
        read_corpus(tmp_path / "nowhere")


def test_a_sheet_in_another_encoding_is_a_problem(tmp_path: Path) -> None:
    path = write_corpus(tmp_path) / "sheets" / "trade-programme" / "targets.ar.md"
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    assert [problem.rule for problem in read_corpus(tmp_path).problems] == ["encoding"]
