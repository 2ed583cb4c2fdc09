import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.runninghead import running_lines

FRENCH = "Les exportateurs de tapis déposent leur demande au guichet de la région."
ARABIC = "يودع مصدرو الزرابي طلبهم لدى شباك الجهة."


def removed(*pages: list[str]) -> list[str]:
    """The lines that go, of a document with these pages."""
    lines = [line for page in pages for line in page]
    starts = [sum(map(len, pages[:at])) for at in range(len(pages))]
    return [lines[at] for at in sorted(running_lines(lines, starts))]


@pytest.mark.parametrize(
    "foot",
    ["Page {}", "Page {}/4", "- {} -", "{}/4", "{}", "صفحة {} من 4", "Circulaire 5312/312 - p. {}"],
)
@pytest.mark.parametrize("first", [1, 37])
def test_page_numbers(foot: str, first: int) -> None:
    feet = [foot.format(first + at) for at in range(4)]
    pages = [
        [f"{FRENCH} {word}", ARABIC + word, one] for one, word in zip(feet, "abcd", strict=True)
    ]
    assert removed(*pages) == feet


def test_head_and_foot_of_several_lines() -> None:
    pages = [
        ["Office du safran", "", "Rabat", FRENCH + word, "", "مكتب الزعفران", f"{at}/3"]
        for at, word in enumerate("abc", 1)
    ]
    assert removed(*pages) == [
        *("مكتب الزعفران", "1/3"),
        *("Office du safran", "Rabat", "مكتب الزعفران", "2/3"),
        *("Office du safran", "Rabat", "مكتب الزعفران", "3/3"),
    ]


def test_left_and_right_pages_with_heads_of_their_own() -> None:
    pages = [[("Safran", "الزعفران")[at % 2], FRENCH + "x" * at] for at in range(6)]
    assert removed(*pages) == ["الزعفران", "Safran", "الزعفران", "Safran", "الزعفران"]


def test_two_pages() -> None:
    assert removed(["A", FRENCH, "1/2"], ["B", ARABIC, "2/2"]) == ["1/2", "2/2"]
    assert removed(["1", FRENCH]) == []


@pytest.mark.parametrize("head", ["Article {}", "المادة {}", "## Article {}", "Chapitre {}"])
def test_an_article_on_each_page_stays(head: str) -> None:
    assert removed(*([head.format(at), FRENCH + "x" * at] for at in range(1, 6))) == []


def test_numbers_that_do_not_run_with_the_pages_stay() -> None:
    laws = ["Loi 91-14", "Loi 15-09", "Loi 17-97", "Loi 24-96"]
    assert removed(*([law, FRENCH + "x" * at] for at, law in enumerate(laws))) == []


def test_pages_far_apart_stay() -> None:
    pages = [[f"{chr(97 + at)} {FRENCH}", f"{chr(97 + at)}."] for at in range(20)]
    for far in (2, 9, 17):
        pages[far][0] = "(en milliers de dirhams)"
    assert removed(*pages) == []


def test_the_rows_of_a_table_that_goes_on_stay() -> None:
    pages = [["| Pays | Part |", "|---|---|", f"| فرنسا | {at} % |"] for at in range(4)]
    assert removed(*pages) == []


def test_what_comes_back_inside_the_pages_stays() -> None:
    pages = [
        [f"{at} {FRENCH}" + "x" * at, "Délai : 3 jours", f"{ARABIC} {'ب' * at}"] for at in range(5)
    ]
    assert "Délai : 3 jours" not in removed(*pages)


LINES = ["", "Page 1", "Page 2", "Article 1", "| a | b |", FRENCH, ARABIC, "3", "# Titre"]


@given(st.lists(st.lists(st.sampled_from(LINES), max_size=5), max_size=6))
def test_only_lines_that_are_there_and_hold_something_go(pages: list[list[str]]) -> None:
    lines = removed(*pages)
    assert "" not in lines
    assert "Article 1" not in lines
    assert len(lines) <= sum(map(len, pages))
