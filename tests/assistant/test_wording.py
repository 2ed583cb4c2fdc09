"""Which wordings say the same: what may be left out of a sentence, and what must stay."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.wording import keeps
from ingest.corpus import Corpus
from ingest.figures import Figure, find_figures

FR = (
    "Selon un guide non daté, le permis d'huile (PH) est délivré sous 10 jours (article 3 de la "
    "loi n° 12-34) ; le guichet ouvre à 9 heures."
)
AR = (
    "تسلم رخصة الزيت (PH) داخل 10 أيام (المادة 3 من القانون رقم 12-34)، حسب دليل غير مؤرخ؛ "
    "ويفتح الشباك صباحا."
)
EN = (
    "According to an undated guide, the oil permit (PH) is issued within 10 days (article 3 of law "
    "no. 12-34); the desk opens at 9 a.m."
)


@pytest.mark.parametrize(
    ("language", "quote", "claim"),
    [
        ("fr", FR, FR.removesuffix(".")),
        ("fr", FR, "Le permis d'huile est délivré sous 10 jours."),
        ("fr", FR, "Le permis d'huile (PH) est délivré sous 10 jours (article 3 de la loi 12.34)"),
        ("fr", FR, "1. Le permis d’huile est délivré sous 10 jours."),
        ("fr", FR, "En bref : le permis d'huile est délivré sous 10 jours"),
        ("ar", AR, "تسلم رخصة الزيت داخل 10 أيام"),
        ("ar", AR, "• تسلم رخصة الزيت داخل ١٠ أيام؛ ويفتح الشباك صباحا."),
        ("ar", AR, "باختصار، تسلم رخصة الزيت داخل 10 أيام، حسب دليل غير مؤرخ."),
        ("en", EN, "The oil permit is issued within 10 days."),
        ("en", EN, "- Oil permits are issued within 10 days; the desk opens at 9 a.m."),
        ("en", EN, "In short, an oil permit is issued within 10 days."),
        ("fr", "Le fonds a 80 milliards de dirhams.", "Le fonds a 80 000 000 000 dirhams."),
        ("ar", "للصندوق 80 مليار درهم.", "للصندوق 80.000.000.000 درهم."),
        ("en", "It opened on 12 June 2025.", "It opened on 12/06/2025."),
        ("fr", "Il est ouvert depuis le 12 juin 2025.", "Il est ouvert depuis juin 2025."),
    ],
)
def test_asides_ends_and_ways_of_writing_are_free(language: str, quote: str, claim: str) -> None:
    assert keeps(claim, quote, language)


@pytest.mark.parametrize(
    ("language", "quote", "claim"),
    [
        ("fr", "Le droit est de 10 % jusqu'en 2025, 20 % après.", "Le droit est de 10 % après."),
        ("fr", "Le droit est de 10 % jusqu'en 2025, 20 % après.", "Le droit est de 20 % après."),
        ("ar", "الرسم 10% إلى غاية 2025 و20% بعد ذلك.", "الرسم 10% بعد ذلك."),
        ("en", "The duty is 10% until 2025 and 20% after.", "The duty is 10% after."),
        ("fr", "Le Maroc vend des tomates et l'Espagne des oranges.", "Le Maroc vend des oranges."),
        ("ar", "يصدر المغرب الطماطم وتصدر إسبانيا البرتقال.", "يصدر المغرب البرتقال."),
        ("en", "Morocco sells tomatoes and Spain oranges.", "Morocco sells oranges."),
        ("fr", "Il est libre (sauf pour les armes).", "Il est libre."),
        ("ar", "التصدير حر (باستثناء السلاح).", "التصدير حر."),
        ("en", "It is free (except for arms).", "It is free."),
        ("fr", "Le taux est de 5 %. Ce texte a été remplacé.", "Le taux est de 5 %."),
        ("ar", "السعر 5%. وقد ألغي النص.", "السعر 5%."),
        ("en", "The rate is 5%. This text was replaced.", "The rate is 5%."),
        ("fr", "Le délai est de 6 mois ; il peut être prolongé.", "Le délai est de 6 mois."),
        ("en", "The stay is 6 months; customs may extend it.", "The stay is 6 months."),
        ("fr", "Au Maroc : le taux est de 5 %.", "Le taux est de 5 %."),
        ("fr", "Le droit dépend du pays, selon le tarif.", "Le droit dépend du pays."),
        ("fr", "Le prix court dès 2024.", "Le prix court des 2024."),
        ("fr", "Le marquage CE est exigé.", "Ce marquage est exigé."),
        ("en", "Law no. 12-34 sets a fee.", "Law."),
        ("en", "A permit was required.", "A permit is required."),
        ("fr", "Les ventes vers l'Espagne montent.", "Les ventes de l'Espagne montent."),
        ("en", "Sales from Spain rise.", "Sales to Spain rise."),
        ("ar", "الصادرات إلى إسبانيا ترتفع.", "الصادرات من إسبانيا ترتفع."),
        ("fr", "Le permis est délivré.", "2. "),
        ("fr", "Le permis est délivré.", ""),
    ],
)
def test_a_part_is_kept_whole_or_left_out_whole(language: str, quote: str, claim: str) -> None:
    assert not keeps(claim, quote, language)


@pytest.mark.parametrize("sign", ["#", "＃", "⟦", "⟧", "(", ")", "((", "⟦x⟧", "\0", "\u2066"])
def test_signs_of_our_own_neither_break_nor_free_anything(sign: str) -> None:
    quote = f"Le permis {sign} coûte 5 dirhams {sign}."
    assert keeps(quote, quote, "fr")
    assert not keeps(f"Le permis {sign} coûte 6 dirhams.", quote, "fr")


@given(st.text(alphabet="ab 5#＃⟦⟧();:.,،؛n°'’selonSelon حسب"), st.sampled_from(["fr", "ar", "en"]))
def test_any_text_can_be_compared(text: str, language: str) -> None:
    assert isinstance(keeps(text, f"{text} 7", language), bool)


Statements = tuple[tuple[str, str], ...]


@pytest.fixture(scope="module")
def statements(real_corpus: Corpus) -> Statements:
    """Language and words of every statement of the corpus."""
    return tuple(
        (document.language, document.text[statement.start : statement.end])
        for document in real_corpus.documents
        for statement in document.statements
    )


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_statement_keeps_itself(statements: Statements, language: str) -> None:
    """Every fourth, which is enough to find a sign or a figure that trips it."""
    texts = [text for written, text in statements if written == language][::4]
    assert len(texts) > 100
    assert not [text for text in texts if not keeps(f"• {text}", text, language)]


@given(data=st.data())
def test_another_figure_is_another_statement(statements: Statements, data: st.DataObject) -> None:
    language, text = data.draw(st.sampled_from(statements))
    figures = find_figures(text)
    assume(figures)
    figure = data.draw(st.sampled_from(figures))
    written = text[figure.start : figure.end]
    places = [at for at, character in enumerate(written) if character.isdigit()]
    assume(places)
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([d for d in "123456789" if d != written[place]]))
    changed = f"{text[: figure.start]}{written[:place]}{digit}{written[place + 1 :]}"
    changed += text[figure.end :]
    assume(_keys(find_figures(changed)) != _keys(figures))
    assert not keeps(changed, text, language)


@given(st.data())
def test_no_word_can_be_left_out_of_the_first_part(data: st.DataObject) -> None:
    quote = data.draw(
        st.sampled_from(["Le permis huile coûte deux dirhams", "تسلم رخصة زيت جديدة"])
    )
    words = quote.split()
    gone = data.draw(st.integers(1, len(words) - 1))
    claim = " ".join(words[:gone] + words[gone + 1 :])
    assert not keeps(claim, quote, "ar" if quote.startswith("ت") else "fr")


def _keys(figures: tuple[Figure, ...]) -> list[tuple[str, str, str]]:
    return [figure.key for figure in figures]
