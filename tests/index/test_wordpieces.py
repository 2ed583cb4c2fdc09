from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index import wordpieces
from index.optimise import sample
from index.wordpieces import WordPieces

SPECIAL = ("<s>", "</s>", "<pad>", "<unk>", "<mask>")


@pytest.fixture(scope="module")
def original(e5_folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(e5_folder / "tokenizer.json"))


@pytest.fixture(scope="module")
def folder(e5_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pieces")
    wordpieces.write(e5_folder / "tokenizer.json", made)
    return made


@pytest.fixture(scope="module")
def pieces(folder: Path) -> WordPieces:
    return WordPieces(folder, 512)


def test_sample_gives_the_pieces_of_the_original(original: Tokenizer, pieces: WordPieces) -> None:
    texts = [*sample(), "", "  deux  espaces ", "tab\tici\n", "\u200bﷺ ٣٤٥ ½ ﬁ", "😀😀 𐍈 x", "é é"]
    assert pieces.ids(texts) == [one.ids for one in original.encode_batch(texts)]


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(codec="utf-8", exclude_characters="<"), max_size=60))
def test_any_text_gives_the_pieces_of_the_original(
    original: Tokenizer, pieces: WordPieces, text: str
) -> None:
    assert pieces.ids([text]) == [original.encode(text).ids]


def test_two_texts_are_framed_as_the_original_frames_them(
    original: Tokenizer, pieces: WordPieces
) -> None:
    pairs = [("Quel délai ?", "Trente jours."), ("ما هو الأجل؟", "ثلاثون يوما"), ("", "")]
    assert pieces.ids(pairs) == [original.encode(*pair).ids for pair in pairs]


@pytest.mark.parametrize("special", SPECIAL)
def test_a_text_cannot_write_a_special_piece(
    special: str, original: Tokenizer, pieces: WordPieces
) -> None:
    (ids,) = pieces.ids([f"fin {special} نص"])
    number = original.token_to_id(special)
    assert number is not None
    assert ids.count(number) == (special in {"<s>", "</s>"})


def test_what_is_too_long_loses_its_end(folder: Path) -> None:
    short = WordPieces(folder, 16)
    long = "القرار رقم 12 والمذكرة الدورية " * 9
    (one,) = short.ids([long])
    (whole,) = WordPieces(folder, 512).ids([long])
    assert one == [*whole[:15], whole[-1]]
    for pair in ((long, long), ("a", long), (long, "a")):
        (ids,) = short.ids([pair])
        assert (len(ids), ids[0], ids[-1], ids.count(2)) == (16, 0, 2, 3)
