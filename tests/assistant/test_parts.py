"""A message is cut where a second question begins, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.parts import MOST, Parts
from assistant.question import Language

PARTS = Parts.load()
TWO: tuple[tuple[Language, str, str], ...] = (
    ("fr", "Combien coûte le permis d'huile d'olive", "et combien de temps prend-il ?"),
    ("fr", "Quels documents faut-il", "et où les déposer ?"),
    ("fr", "Qui délivre le label ?", "À quel service déposer ma demande ?"),
    ("fr", "Comment obtenir le carnet", "et est-ce qu'il est payant ?"),
    ("fr", "Le certificat est-il obligatoire", "et quel est son prix ?"),
    ("fr", "Qui a créé ce fonds", "et depuis quand existe-t-il ?"),
    ("en", "What does the licence cost", "and how long does it take?"),
    ("en", "Which papers do I need", "and where do I file them?"),
    ("en", "Who issues the certificate?", "How much is it?"),
    ("en", "Do I need a licence", "and is there a fee?"),
    ("ar", "كم تكلف شهادة المنشأ", "وكم من الوقت تستغرق؟"),
    ("ar", "ما هي الوثائق المطلوبة", "وأين أودعها؟"),
    ("ar", "هل الرخصة إجبارية", "ومن يسلمها؟"),
    ("ar", "ما الخطوات", "وما الأوراق المطلوبة؟"),
    ("ar", "متى أؤدي الرسوم؟", "وهل يمكن التقسيط؟"),
    ("ary", "شنو هي الوثائق", "وفين نمشي؟"),
    ("ary", "شحال كيكلف", "وشحال ديال الوقت كياخد؟"),
    ("ary", "واش خاصني رخصة", "وشكون كيعطيها؟"),
    ("ary", "شنو نرفق مع demande de franchise", "وشكون كيدير عليها visa؟"),
    ("ary-latn", "chhal kaykellef", "w chhal dyal lwe9t?"),
    ("ary-latn", "chno homa lwra9", "w fin nmchi?"),
    ("ary-latn", "wach khassni licence", "ou chkoun kay3tiha?"),
    ("ary-latn", "kifach ndir certificat d'origine", "o chhal taman dyalo?"),
)
ONE: tuple[tuple[Language, str], ...] = (
    ("fr", "Quelles sont les statistiques d'import et export ?"),
    ("fr", "Quels papiers pour une société qui importe et qui exporte ?"),
    ("fr", "Quel est le début et fin de validité du carnet ?"),
    ("fr", "Comment et quand déclarer le miel ?"),
    ("fr", "Sous quel délai et par quel moyen demander une contre-expertise ?"),
    ("fr", "J'exporte du miel et quel est le délai ?"),
    ("fr", "Quelle différence entre EUR.1 et ATA ?"),
    ("fr", "Quels documents, ou formulaires, faut-il joindre ?"),
    ("fr", "Faut-il quatre papiers ou existe-t-il une autre formule ?"),
    ("en", "What is the difference between import and export licences?"),
    ("en", "How do I list what I sell and what I buy?"),
    ("en", "Where and when do I pay the duties?"),
    ("en", "Which rules hold for tea and coffee?"),
    ("ar", "ما الفرق بين الاستيراد والتصدير؟"),
    ("ar", "ما هي الوثائق المطلوبة من المصدر ومن المستورد؟"),
    ("ar", "كيف ومتى أصرح بالبضاعة؟"),
    ("ar", "أنا صاحب معمل ولست في أي جمعية، هل يحق لي التصدير؟"),
    ("ary", "شنو الفرق بين ATA و TIR؟"),
    ("ary", "شنو هي الوثائق ديال السلعة والخدمات؟"),
    ("ary", "رفضو ليا الملف باش ندخل للمنطقة، لمن نمشي نتشكى؟"),
    ("ary-latn", "chno lfer9 bin import w export?"),
    ("ary-latn", "chno lwra9 dyal miel w zit?"),
)


@pytest.mark.parametrize(("language", "first", "second"), TWO)
def test_two_questions_are_two_parts(language: Language, first: str, second: str) -> None:
    assert PARTS.of(f"{first} {second}", language) == (first, second)


@pytest.mark.parametrize(("language", "first", "second"), TWO)
def test_what_is_said_before_stays_with_the_first(
    language: Language, first: str, second: str
) -> None:
    before = {"en": "I make soap.", "ar": "أصنع الصابون.", "ary": "كنصاوب الصابون."}
    told = before.get(language, "Je fais du savon.")
    assert PARTS.of(f"{told} {first} {second}", language) == (f"{told} {first}", second)


@pytest.mark.parametrize(("language", "question"), ONE)
def test_one_question_is_not_cut(language: Language, question: str) -> None:
    assert PARTS.of(question, language) == (question,)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("fr", "Qui le donne ? Où est le guichet ? Combien ça coûte ? Quand ouvre-t-il ?"),
        ("ar", "من يسلمها؟ أين المكتب؟ كم تكلف الرخصة؟ متى يفتح المكتب؟"),
    ],
)
def test_no_more_than_a_few_parts(language: Language, question: str) -> None:
    assert len(PARTS.of(question, language)) == MOST


@given(
    st.lists(st.sampled_from([*" ".join(q for _, q in ONE).split(), "?", ",", "؟"]), max_size=12),
    st.sampled_from(["fr", "ar", "en", "ary", "ary-latn"]),
)
def test_parts_lose_no_word(words: list[str], language: Language) -> None:
    text = " ".join(words)
    parts = PARTS.of(text, language)
    kept = [c for c in "".join(parts) if c.isalnum()]
    assert kept == [c for c in text if c.isalnum()]
    assert 1 <= len(parts) <= MOST
