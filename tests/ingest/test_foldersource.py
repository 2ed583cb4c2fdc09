"""Who published the files of a folder: said once beside them, never over what they say."""

from pathlib import Path

import pytest

from ingest.document import Document
from ingest.errors import ExtractError
from ingest.foldersource import SOURCE_FILE
from ingest.pipeline import ingest_folder

FR = "Le certificat d'origine est délivré par la chambre de commerce en deux jours ouvrables."
AR = "تسلم الغرفة التجارية شهادة المنشأ خلال يومين من تاريخ إيداع الطلب لديها."
CUSTOMS = "publisher: Administration des douanes\ntier: official\nurl: https://douane.example/\n"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def read(root: Path) -> dict[str, Document]:
    result = ingest_folder(root)
    assert result.report.failures == ()
    return {one.id: one for one in result.documents}


def test_the_nearest_folder_names_the_publisher(tmp_path: Path) -> None:
    arabic = "publisher: الغرفة التجارية\n"
    write(
        tmp_path,
        {
            "a.txt": FR,
            "b/c/d.txt": FR.replace("deux", "dix"),
            "غ/ه.txt": AR,
            SOURCE_FILE: CUSTOMS,
            f"غ/{SOURCE_FILE}": arabic,
        },
    )
    found = {name: one.source for name, one in read(tmp_path).items()}
    customs = [found["a.txt"], found["b/c/d.txt"]]
    assert [(one.publisher, one.tier, one.url) for one in customs if one] == [
        ("Administration des douanes", "official", "https://douane.example/")
    ] * 2
    chamber = found["غ/ه.txt"]
    assert chamber is not None
    assert (chamber.publisher, chamber.tier, chamber.url) == ("الغرفة التجارية", "other", None)


def test_what_a_document_says_of_itself_stands(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "dit.md": f"---\npublisher: Office des changes\n---\n{FR}",
            "lettre.txt": "Royaume du Maroc\nMinistère de l'Industrie\n\nRabat, le 3 mai 2026\n\n"
            f"{FR} Oui.",
            "page.html": f'<html lang="fr"><head><link rel="canonical" href="https://x.example/a">'
            f"</head><body><h1>Avis</h1><p>{FR} Bien sûr.</p></body></html>",
            SOURCE_FILE: CUSTOMS,
        },
    )
    found = read(tmp_path)
    by = {name: one.source.publisher for name, one in found.items() if one.source}
    assert by["dit.md"] == "Office des changes"
    assert by["lettre.txt"] == "Ministère de l'Industrie"
    assert by["page.html"] == "Administration des douanes"
    page = found["page.html"]
    assert page.source is not None
    assert page.source.url == "https://x.example/a"
    assert "publisher" not in page.guessed


def test_the_date_of_the_document_is_that_of_its_source(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": f"Publié le 3 mai 2026\n\n{FR}", SOURCE_FILE: CUSTOMS})
    source = read(tmp_path)["a.txt"].source
    assert source is not None
    assert (source.date, source.dated_by) == ("2026-05-03", "stated")


def test_a_changed_publisher_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": FR, SOURCE_FILE: CUSTOMS})
    before = read(tmp_path)["a.txt"]
    write(tmp_path, {SOURCE_FILE: "publisher: Chambre de commerce\n"})
    after = read(tmp_path)["a.txt"]
    assert before.digest != after.digest


def test_a_source_by_another_name_is_told_and_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": FR, SOURCE_FILE.upper(): CUSTOMS, "_source.yml": CUSTOMS})
    failures = ingest_folder(tmp_path).report.failures
    assert [one.file for one in failures] == [SOURCE_FILE.upper(), "_source.yml"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("publisher: A\ntier: best\n", "tier"),
        ("tier: official\n", "publisher"),
        ("publisher: A\nurl: file:///etc\n", "url"),
        ("publisher: A\nowner: B\n", "owner"),
        ("- A\n", SOURCE_FILE),
        ("publisher: [\n", SOURCE_FILE),
    ],
)
def test_what_cannot_be_read_stops_the_run(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path, {"a.txt": FR, SOURCE_FILE: text})
    with pytest.raises(ExtractError, match=rf"{SOURCE_FILE}.*{said}|{said}"):
        ingest_folder(tmp_path)


def test_a_source_that_is_a_link_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(CUSTOMS, encoding="utf-8")
    folder = tmp_path / "وثائق"
    write(folder, {"a.txt": FR})
    (folder / SOURCE_FILE).symlink_to(outside)
    with pytest.raises(ExtractError, match="is a link"):
        read(folder)
