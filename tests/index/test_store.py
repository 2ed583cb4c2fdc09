import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index.store import Asked, Places, Store
from index.storewriter import write_store
from index.tokens import tokenize
from ingest.document import Document, Law, Sentence
from ingest.errors import DocumentMissingError
from tests.index.library import BODIES, SHELF, document, passages

ODD = document(
    "odd ' ; --", "fr", 'Titre "cité"', "Une\u202aligne\u202c, l'autre 😀.", "نهاية\0النص"
)
ALL = tuple(sorted((*SHELF, ODD), key=lambda one: one.id))
QUESTIONS = (
    Asked("carpets.ar", None, "شنو هي الزربية؟"),
    Asked("carpets.ar", "s1", "بشحال كنصدرو الزرابي؟"),
    Asked("olives.en", "s0", "how long ' --"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "مجلد ? #" / "passages.sqlite"
    target.parent.mkdir()
    write_store(target, ALL, passages(ALL), QUESTIONS, BODIES)
    return target


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(Store(path)) as opened:
        yield opened


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_a_document_comes_back_equal(store: Store, one: Document) -> None:
    assert store.document(one.id) == one
    assert store.document(one.id).digest == one.digest


def test_passages_come_back_equal_in_the_order_asked(store: Store) -> None:
    expected = passages(ALL)
    rows = [*range(len(expected))][::-1]
    found = store.passages(rows)
    assert [one.row for one in found] == rows
    assert [one.passage for one in found] == list(expected[::-1])


@pytest.mark.parametrize("context", ["يتضمن الملف:", "| Pays | Part |"])
def test_a_sentence_is_found_by_what_it_is_read_under(tmp_path: Path, context: str) -> None:
    (plain,) = passages([document("d", "fr", "Dossier", "une facture")])
    read = replace(plain.sentences[0], context=(context, "autre"))
    target = tmp_path / "passages.sqlite"
    shelf = [document("d", "fr", "Dossier", "une facture")]
    write_store(target, shelf, [replace(plain, sentences=(read,))])
    with closing(Store(target)) as store:
        (found,) = store.sentences([0])
        assert found.context == (context, "autre")
        assert found.tokens == set(tokenize(f"Dossier {context} autre une facture"))
        assert list(store.embedded_texts()) == [f"Dossier\n{context}\nautre\nune facture"]
        assert store.passages([0])[0].passage.sentences == (read,)


def test_sentence_rows_follow_each_other(store: Store) -> None:
    first = 0
    for one in store.passages(range(len(passages(ALL)))):
        assert one.first_sentence == first
        first += len(one.passage.sentences)
    assert store.counts() == (len(ALL), len(passages(ALL)), first, len(QUESTIONS))


def test_sentences_come_back_in_the_order_asked_with_what_decides_about_them(store: Store) -> None:
    shelf = {one.id: one for one in ALL}
    expected = [(p, s) for p in passages(ALL) for s in p.sentences]
    rows = [*reversed(range(len(expected))), 0, 0]
    found = store.sentences(rows)
    assert [one.row for one in found] == rows
    for one in found:
        passage, sentence = expected[one.row]
        of = shelf[passage.document_id]
        words = of.text[sentence.start : sentence.end]
        assert sentence.statement
        assert (one.document_id, one.family, one.language) == (of.id, of.family, of.language)
        assert (one.title, one.valid_from) == (of.title, of.valid_from)
        assert (one.start, one.end, one.words) == (sentence.start, sentence.end, words)
        assert one.anchor == sentence.statement.anchor
        assert (one.status, one.valid_to) == ("current", None)
        assert one.tokens == set(tokenize(of.title)) | set(tokenize(words))
    assert store.sentences([]) == []


def test_what_a_sentence_holds_and_until_when_is_stored(tmp_path: Path) -> None:
    one = document("fee", "ar", "الرسم", "يبلغ الرسم 40 درهما.", "هذا غير معروف.")
    fee, gap = one.statements
    gap = replace(gap, status="unknown", valid_to="2027-01-31")
    one = replace(one, statements=(fee, gap), valid_from="2025-05-28")
    bare = replace(document("notes", "fr", "Notes", "Le quai."), statements=())
    plain = replace(
        passages([document("notes", "fr", "Notes", "Le quai.")])[0],
        sentences=(Sentence(0, 8),),
    )
    write_store(tmp_path / "s", [one, bare], [*passages([one]), plain])
    with closing(Store(tmp_path / "s")) as opened:
        amount, unknown, loose = opened.sentences(range(3))
    assert "amount" in amount.figures
    assert unknown.figures == frozenset()
    assert (amount.valid_from, amount.valid_to) == ("2025-05-28", None)
    assert (unknown.status, unknown.valid_to) == ("unknown", "2027-01-31")
    assert (loose.anchor, loose.status, loose.valid_to) == (None, None, None)


def test_places_give_sentences_then_questions(store: Store) -> None:
    split = passages(ALL)
    families = {one.id: one.family for one in ALL}
    sentences = [(row, p, s) for row, p in enumerate(split) for s in p.sentences]
    assert store.places() == Places(
        families=(
            *(families[p.document_id] for _, p, _ in sentences),
            *(families[one.document_id] for one in QUESTIONS),
        ),
        statements=(
            *(s.statement.anchor if s.statement else None for *_, s in sentences),
            *(one.statement for one in QUESTIONS),
        ),
        passages=tuple(row for row, *_ in sentences),
    )


def test_a_document_that_is_not_there_is_told(store: Store) -> None:
    for missing in ("saffron", "", "' OR 1=1 --", "زعفران"):
        with pytest.raises(DocumentMissingError, match="GET /v1/documents"):
            store.document(missing)


def test_variants_are_found_by_family(store: Store) -> None:
    assert store.variants("saffron") == {"fr": "saffron.fr", "ar": "saffron.ar"}
    assert store.variants("olives") == {"en": "olives.en"}
    assert store.variants("الغائب") == {}


def test_bodies_come_back_with_their_names_and_contacts(store: Store) -> None:
    assert store.body("carpet-desk") == BODIES[0]
    assert store.body("away") is None


def test_the_directory_comes_back_whole(store: Store) -> None:
    assert store.bodies() == list(BODIES)


def test_documents_of_a_kind_come_back_by_id(tmp_path: Path) -> None:
    steps = [
        replace(document(name, "ar", "رخصة", "تسلم الرخصة."), kind="procedure")
        for name in ("z", "a")
    ]
    write_store(tmp_path / "kinds.sqlite", [*ALL, *steps], [])
    with closing(Store(tmp_path / "kinds.sqlite")) as opened:
        assert opened.documents_of_kind("procedure") == sorted(steps, key=lambda one: one.id)
        assert opened.documents_of_kind("definition") == []


def test_pages_of_documents_cover_all_of_them_once(store: Store) -> None:
    pages = [store.documents(limit=2, offset=offset) for offset in range(0, len(ALL) + 2, 2)]
    assert [one for page in pages for one in page] == list(ALL) == store.documents()
    assert pages[-1] == []


def test_nothing_can_be_written(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError):
        store._connection.execute("DELETE FROM documents")
    assert store.counts()[0] == len(ALL)


def test_a_reader_leaves_no_file_beside(store: Store, path: Path) -> None:
    store.documents()
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_many_threads_may_read_at_once(store: Store) -> None:
    expected = passages(ALL)
    rows = [row % len(expected) for row in range(400)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda row: store.passages([row])[0].passage, rows))
    assert found == [expected[row] for row in rows]


def test_writing_twice_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    write_store(tmp_path / "again.sqlite", ALL, passages(ALL), QUESTIONS, BODIES)
    assert (tmp_path / "again.sqlite").read_bytes() == path.read_bytes()


@pytest.mark.parametrize(("is_repealed", "status"), [(True, "superseded"), (False, None)])
def test_what_is_no_statement_has_the_standing_of_its_document(
    tmp_path: Path, is_repealed: bool, status: str | None
) -> None:
    plain = replace(
        document("loi", "ar", "القانون رقم 13.89", "نص."),
        statements=(),
        valid_to="2015-10-31",
        law=Law("13-89", is_repealed=is_repealed),
    )
    passage = replace(passages([document("loi", "ar", "القانون", "نص.")])[0], document_id=plain.id)
    bare = replace(passage, sentences=(Sentence(0, 3),))
    write_store(tmp_path / "s", [plain], [bare])
    with closing(Store(tmp_path / "s")) as store:
        [found] = store.sentences([0])
    assert (found.status, found.valid_to) == (status, "2015-10-31")
