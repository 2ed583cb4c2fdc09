"""Letters that are not those of the page, in every way a font or an encoding loses them."""

from pathlib import Path

import pytest

from ingest.arabic.garbled import find_garbled

ROOT = Path(__file__).resolve().parents[2]
SHEETS = sorted((ROOT / "corpus" / "sheets").glob("*/*.md"))
FRENCH = "La société déclare à la douane les marchandises importées après leur réexpédition."
ARABIC = "القانون المتعلق بالتجارة الخارجية ينظم استيراد البضائع وتصديرها."


def _shifted(text: str, by: int) -> str:
    return "".join(chr(ord(it) - by) if it.isascii() and it.isalpha() else it for it in text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (FRENCH.encode().decode("cp1252", "ignore"), "UTF-8"),
        (ARABIC.encode().decode("latin-1"), "UTF-8"),
        (ARABIC.encode("cp1256").decode("cp1252"), "Western"),
        (FRENCH.replace("é", "\ufffd").replace("è", "\ufffd"), "decoded"),
        ("\ue012\ue043\ue077 \ue051\ue021\ue0a1 \ue013\ue014", "private"),
        ("LES DmCISIONS SONT PRISES g LA MAJORITm DES CITO\\ENS ET AU[ FRAIS", "font"),
        ((_shifted(FRENCH.lower(), -3) + " ") * 6, "shifted"),
        ("بثق تجحر خدذ ضصطظ عغفق كهوي " * 12, "shifted"),
    ],
)
def test_wrong_letters_are_found(text: str, what: str) -> None:
    found = find_garbled(f"# Titre\n\n{text}")

    assert found is not None
    assert what in found.what
    assert found.line == 3
    assert found.text


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_no_sheet_is_taken_for_garbled(path: Path) -> None:
    assert find_garbled(path.read_text("utf-8")) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AfCFTA ZLECAf",
        "Le certificat AfCFTA (ZLECAf) sert à l'export vers les pays membres de la zone.",
        "LES DISPOSITIONS DE LA LOI N° 91-14 SONT APPLICABLES AUX IMPORTATEURS.",
        "À l'été, où l'Œuvre a été créée, l'aîné paya.",
        "| 8471.30 | PC | 2,5 % |\n| 8471.41 | HS | 10 % |",
        "الـ 20 طنا، HS 8471",
    ],
)
def test_names_capitals_accents_and_codes_are_no_sign(text: str) -> None:
    assert find_garbled(text) is None
