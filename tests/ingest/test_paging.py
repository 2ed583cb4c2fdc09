from ingest.clean import clean
from ingest.document import Document, Page
from ingest.formats.bridge import bridged
from ingest.paging import printed_pages

LINES = (
    "Bulletin 1/3",
    "",
    "Le dossier que les exportateurs déposent auprès des",
    "",
    "Bulletin 2/3",
    "",
    "services compétents comprend la facture et le registre.",
    "",
    "Bulletin 3/3",
    "",
    "يودع المصدر طلبه لدى الإدارة المختصة.",
)
PAGES = (0, 4, 8)


def test_pages_begin_where_their_text_does_after_cleaning() -> None:
    lines, pages = bridged(LINES, PAGES)
    cleaned = clean("\n".join(lines), pages)
    assert cleaned.text == f"{LINES[2]}\n{LINES[6]}\n\n{LINES[10]}"
    starts = [cleaned.text.index(LINES[at]) for at in (2, 6, 10)]
    assert printed_pages(pages, cleaned) == tuple(map(Page, (1, 2, 3), starts))


def test_a_page_without_text_is_none() -> None:
    text = f"{LINES[2]}\n\n{LINES[10]}"
    assert printed_pages((0, 2, 2, 3), clean(text)) == (
        Page(1, 0),
        Page(3, text.index(LINES[10])),
    )
    assert printed_pages((), clean(text)) == ()


def test_nothing_is_bridged_over_what_is_finished_or_apart() -> None:
    ends = "Le dossier que les exportateurs déposent est complet."
    open_end = "Le dossier que les exportateurs déposent auprès des"
    for above, below in (
        (ends, "services"),
        (open_end, "Services"),
        (open_end, "- services"),
        (open_end, "## services"),
        (open_end, "| services | x |"),
        ("court", "services"),
    ):
        assert bridged((above, "", below), (0, 2)) == ((above, "", below), (0, 2))
    arabic = "يودع المصدر طلبه لدى الإدارة المختصة بذلك في الأجل"
    assert bridged((arabic, "", "المحدد"), (0, 1)) == ((arabic, "المحدد"), (0, 1))


def test_where_a_stretch_is_printed() -> None:
    document = Document("a", "a", "fr", "a", "x" * 30, pages=(Page(2, 5), Page(3, 10), Page(7, 20)))
    assert document.printed_on(0, 3) is None
    assert document.printed_on(5, 10) == (2, 2)
    assert document.printed_on(9, 11) == (2, 3)
    assert document.printed_on(6, 25) == (2, 7)
