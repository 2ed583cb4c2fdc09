import pytest

from ingest.contact import contact_kinds, is_contact_line


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("Tel : 0537000001", {"phone"}),
        ("Tél. 05 37 00 00 01", {"phone"}),
        ("Téléphone : +212 (0) 537-000-001", {"phone"}),
        ("Fax: 0537000002", {"fax"}),
        ("الهاتف: 0537000001", {"phone"}),
        ("هاتف : ٠٥٣٧٠٠٠٠٠١", {"phone"}),
        ("الفاكس: 0537000002", {"fax"}),
        ("- GSM : 0661000001", {"phone"}),
        ("Email : info@exemple.ma", {"email"}),
        ("البريد الإلكتروني: info@exemple.ma", {"email"}),
        ("Tél : 0537000001 / Fax : 0537000002", {"phone", "fax"}),
        ("05 37 00 00 01", {"phone"}),
    ],
)
def test_contact_lines(line: str, kinds: set[str]) -> None:
    assert contact_kinds(line) == kinds


@pytest.mark.parametrize(
    "line",
    [
        "Appelez le 0537000001 avant midi.",
        "Téléphone et fax",
        "Les ventes de mobiles : 120 000 unités",
        "12 345,67",
        "2025",
        "الهاتف مفتوح كل يوم",
        "",
        "Tel " + "0" * 1000,
    ],
)
def test_other_lines(line: str) -> None:
    assert not is_contact_line(line)
