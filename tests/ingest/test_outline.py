import itertools

from hypothesis import given
from hypothesis import strategies as st

from ingest.contact import is_contact_line
from ingest.outline import outline

PARAGRAPH = "Le service des ports accueille les armateurs et leurs agents chaque matin."
ARABIC = "تستقبل مصلحة الموانئ أرباب السفن ووكلاءهم كل صباح في مقرها بالدار البيضاء."


def sections(text: str) -> list[tuple[tuple[str, ...], str]]:
    return [(item.path, text[item.start : item.end]) for item in outline(text).sections]


def test_markdown_headings_nest() -> None:
    text = f"# Guide\n\nIntro courte.\n\n## Ports\n\n{PARAGRAPH}"
    text += f"\n\n### موانئ\n\n{ARABIC}\n\n## Rail\n\nFin."
    assert outline(text).title == "Guide"
    assert sections(text) == [
        ((), "Intro courte."),
        (("Ports",), PARAGRAPH),
        (("Ports", "موانئ"), ARABIC),
        (("Rail",), "Fin."),
    ]


def test_a_short_line_alone_above_a_paragraph_is_a_heading() -> None:
    text = f"Titre\n\n- Direction des ports\n\n{PARAGRAPH}\n\nمديرية الموانئ\n\n{ARABIC}"
    assert sections(text) == [
        (("Direction des ports",), PARAGRAPH),
        (("مديرية الموانئ",), ARABIC),
    ]


def test_a_description_with_its_contacts_is_a_section_named_by_its_first_words() -> None:
    text = (
        f"Titre\n\n{PARAGRAPH}\nTél : 0537000001\n\n{ARABIC}\nالهاتف: 0537000002\n\nFin du texte."
    )
    assert sections(text) == [
        ((PARAGRAPH,), f"{PARAGRAPH}\nTél : 0537000001"),
        ((ARABIC,), f"{ARABIC}\nالهاتف: 0537000002"),
        ((), "Fin du texte."),
    ]


def test_one_line_is_title_and_text() -> None:
    assert outline("Une seule ligne").title == "Une seule ligne"
    assert sections("Une seule ligne") == [((), "Une seule ligne")]


def test_a_first_paragraph_gives_the_title_and_stays_text() -> None:
    long = "mot " * 80 + "fin."
    assert len(outline(long).title) <= 200
    assert sections(long) == [((), long)]


def test_nothing() -> None:
    assert outline("").sections == ()


LINES = [
    "# A",
    "## ب",
    "Titre court",
    PARAGRAPH,
    ARABIC,
    "",
    "Tél : 0537000001",
    "- point",
    "| a |",
]


@given(st.lists(st.sampled_from(LINES)).map("\n".join))
def test_sections_are_in_order_and_apart(text: str) -> None:
    found = outline(text).sections
    assert all(item.start < item.end for item in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert len({item.anchor for item in found}) == len(found)


@given(st.lists(st.sampled_from(LINES)).map("\n".join))
def test_no_section_goes_on_after_contact_lines(text: str) -> None:
    for item in outline(text).sections:
        kinds = [is_contact_line(line) for line in text[item.start : item.end].split("\n") if line]
        assert kinds == sorted(kinds)
