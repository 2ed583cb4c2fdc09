from hypothesis import given
from hypothesis import strategies as st

from ingest.minhash import RUN, min_hash, near

FRENCH_TEXT = "les tapis noués à la main sont exonérés de la taxe perçue à leur exportation"
ARABIC_TEXT = "تعفى الزرابي المعقودة يدويا من الرسم المستوفى عند تصديرها إلى الخارج"
FRENCH, ARABIC = FRENCH_TEXT.split(), ARABIC_TEXT.split()
WORDS = st.lists(st.sampled_from([*FRENCH, *ARABIC]), min_size=RUN, max_size=60)


@given(WORDS, st.integers(1, 5))
def test_how_often_runs_come_does_not_matter(words: list[str], times: int) -> None:
    assert min_hash(words * times + words[: RUN - 1]) == min_hash(words * 2 + words[: RUN - 1])


def test_a_long_text_is_near_to_itself_with_a_word_more() -> None:
    long = [f"{word}{number}" for number in range(800) for word in FRENCH]
    assert list(near([(b"", min_hash(long)), (b"", min_hash([*long, "fin"]))], 8)) == [(1, [0])]


def test_alike_texts_of_one_bucket_are_near_the_nearest_first() -> None:
    base = [f"{word}{number}" for number in range(8) for word in (*FRENCH, *ARABIC)]
    altered = [*base[:100], "autre", *base[101:]]
    hashes = [min_hash(words) for words in (altered, base, base[::-1], base)]
    assert list(near([(b"fr", one) for one in hashes], 8)) == [(1, [0]), (3, [1, 0])]
    assert list(near([(bytes([at]), one) for at, one in enumerate(hashes)], 8)) == []
    assert list(near([], 8)) == []


def test_the_pairs_of_many_equal_texts_stay_few() -> None:
    texts = [(b"", min_hash(FRENCH))] * 500
    found = dict(near(texts, 3))
    assert sorted(found) == list(range(1, 500))
    assert max(map(len, found.values())) == 3


def test_equal_on_every_machine() -> None:
    assert min_hash(FRENCH).hex()[:16] == "656cb20f6e2d070b"
