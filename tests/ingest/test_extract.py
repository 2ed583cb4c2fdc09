from pathlib import Path

import pytest

from ingest.errors import ExtractError
from ingest.extract import extract
from ingest.load import RawFile


def raw(data: bytes, name: str = "a.txt") -> RawFile:
    return RawFile(Path(name), name, data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert (
        extract(raw("  été\u00a0 chaud \r\nتصدير".encode(encoding)))[0].text == "été chaud\nتصدير"
    )


@pytest.mark.parametrize("data", ["تصدير".encode("cp1256"), "été".encode("latin-1"), b"a\0b"])
def test_what_is_not_text_is_refused_with_the_file_named(data: bytes) -> None:
    with pytest.raises(ExtractError, match=r"a\.txt"):
        extract(raw(data))


def test_hidden_characters_are_gone() -> None:
    assert extract(raw("رقم \u202b0537000001\u202c".encode()))[0].text == "رقم 0537000001"


def test_front_matter_of_markdown() -> None:
    text = "---\ntitle: Guide : ports\nlang: ar\npublisher: Journal\ndate: 2025-06\n---\n# نص\n"
    (extracted,) = extract(raw(text.encode(), "a.md"))
    assert extracted.text.strip() == "# نص"
    assert (extracted.title, extracted.language) == ("Guide : ports", "ar")
    assert extracted.source is not None
    assert (extracted.source.publisher, extracted.source.date) == ("Journal", "2025-06")


def test_front_matter_tells_times_however_they_are_written() -> None:
    text = (
        "---\nas_of: 2026-11-21\nvalid_from: فاتح يناير 2026\nvalid_to: 2026-02-30\n"
        "publisher: وزارة\ndate: 2026-02-05 10:00:00\n---\n# نص\n"
    )
    (extracted,) = extract(raw(text.encode(), "a.md"))
    assert (extracted.as_of, extracted.valid_from) == ("2026-11-21", "2026-01-01")
    assert extracted.valid_to is None
    assert extracted.source is not None
    assert extracted.source.date == "2026-02-05"
    (bare,) = extract(raw(b"---\ndate: 5 juin 2025\n---\n# x\n", "a.md"))
    assert (bare.source, bare.as_of) == (None, "2025-06-05")


def test_lines_below_front_matter_are_those_of_the_file() -> None:
    (extracted,) = extract(raw(b"---\ntitle: a\nlang: fr\n---\n# x\n", "a.md"))
    assert extracted.text.split("\n")[4] == "# x"


def test_a_rule_is_no_front_matter() -> None:
    assert extract(raw(b"---\nune phrase\n---\nsuite", "a.md"))[0].text.startswith("---")


def test_broken_front_matter_is_refused() -> None:
    with pytest.raises(ExtractError, match=r"a\.md:2"):
        extract(raw(b"---\na: [b\n---\nsuite", "a.md"))
