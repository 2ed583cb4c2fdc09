"""A follow-up becomes a question that stands alone; anything else is left as it is."""

from pathlib import Path

import pytest

from assistant.normalise import Normalise
from assistant.phrases import Phrases
from assistant.question import HISTORY_LIMIT, QUESTION_LIMIT, Question, Turn
from assistant.rewrite import Rewrite
from assistant.state import Outcome, State
from ingest.errors import HistoryTooLongError
from ingest.glossary import read_terms
from ingest.yamltext import read_yaml

GLOSSARY = Path(__file__).parents[2] / "corpus" / "glossary.yaml"
TERMS = read_terms(read_yaml(GLOSSARY.read_text(encoding="utf-8"), file=GLOSSARY.name), [])
REWRITE = Rewrite.load(Phrases.load(), TERMS)
BEFORE = "Combien coûte le permis d'huile d'olive ?"


def run(question: str, *turns: tuple[str, str]) -> State:
    history = tuple(Turn.model_validate({"role": r, "content": c}) for r, c in turns)
    return REWRITE.run(Normalise().run(State(Question(question=question, history=history))))


@pytest.mark.parametrize(
    "question",
    [
        "Et si l'envoi pèse moins de 5 kg ?",
        "ok, et je peux garder ces bidons chez moi ?",
        "Et pour le délai du permis ?",
        "Le délai ?",
        "Où est-ce que je le dépose, ce papier ?",
        "Est-ce la même règle pour celui-ci ?",
        "What about the delay then?",
        "And for small parcels?",
        "How long does it take?",
        "وماذا عن أجل التسليم في هذه الحالة؟",
        "في أي يوم تم ذلك؟",
        "وكوالالمبور، هل قبلته؟",
        "هل هذا البرنامج مفتوح للجميع؟",
        "وشحال ديال الوقت كيبقى؟",
        "شنو الوراق؟",
        "w chhal dyal lwe9t kaybqa?",
        "ah ok w fin nmchi?",
        "w had lpermis wach kaysali?",
    ],
)
def test_a_follow_up_is_read_after_the_question_before(question: str) -> None:
    state = run(question, ("user", BEFORE), ("assistant", "450 dirhams."))
    assert state.standalone.endswith(question)
    assert "permis d'huile d'olive" in state.standalone
    assert "450" not in state.standalone
    assert [notice.kind for notice in state.notices] == ["rewritten"]
    assert state.standalone in state.notices[0].text


@pytest.mark.parametrize(
    "question",
    [
        "redonne-moi ce numéro",
        "Vous pouvez répéter le prix ?",
        "rappelle-moi le délai",
        "Répète, s'il te plaît",
        "C'était combien déjà ?",
        "Can you give me that number again?",
        "say that again please",
        "remind me of the deadline",
        "عاود ليا الرقم",
        "عاودلي الثمن عافاك",
        "أعد الرقم من فضلك",
        "ذكرني بالأجل",
        "هل يمكنك تكرار الرقم؟",
        "3awed liya nemra",
        "3awdli taman 3afak",
    ],
)
def test_asking_to_hear_it_again_is_about_what_was_asked(question: str) -> None:
    state = run(question, ("user", BEFORE), ("assistant", "450 dirhams."))
    assert state.standalone.endswith(question)
    assert "permis d'huile d'olive" in state.standalone


@pytest.mark.parametrize(
    "question",
    [
        "Rappelle-moi le taux de TVA à l'export",
        "redonne-moi la liste des pays du COMESA",
        "Can you tell me about ATA carnets?",
        "أعطني قائمة دول اتفاقية أكادير",
        "عاود ليا شروط دفتر ATA",
    ],
)
def test_asking_again_for_something_else_is_about_that(question: str) -> None:
    assert run(question, ("user", BEFORE), ("assistant", "450.")).standalone == question


@pytest.mark.parametrize(
    "question", ["redonne-moi ce numéro", "عاود ليا الرقم", "3awed liya nemra"]
)
def test_there_is_nothing_to_repeat_at_first(question: str) -> None:
    assert run(question).outcome == Outcome("clarify")


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        (
            "Quel est le délai de rapatriement des marchandises ?",
            "Et pour les services ?",
            "Quel est le délai de rapatriement des services ?",
        ),
        (
            "Quels droits de douane pour l'Égypte ?",
            "et pour la Turquie ?",
            "Quels droits de douane pour la Turquie ?",
        ),
        (
            "Un engagement d'importation reste valable combien de temps ?",
            "ok, et une DPI ?",
            "une DPI reste valable combien de temps ?",
        ),
        (BEFORE, "Et pour le miel ?", "Combien coûte le permis de miel ?"),
        (
            "How long do I have to repatriate payment for goods?",
            "And for services?",
            "How long do I have to repatriate payment for services?",
        ),
        (
            "كم يستغرق إرجاع ثمن البضائع؟",
            "وبالنسبة للخدمات؟",
            "كم يستغرق إرجاع ثمن للخدمات؟",
        ),
    ],
)
def test_a_name_takes_the_place_of_its_like(before: str, question: str, standalone: str) -> None:
    assert run(question, ("user", before)).standalone == standalone


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        (BEFORE, "Et le délai ?", "permis d'huile d'olive – Et le délai ?"),
        (
            "C'est quoi Morocco Foodex ?",
            "et elle dépend de quel ministère ?",
            "Morocco Foodex – et elle dépend de quel ministère ?",
        ),
        (
            "هل يربح المغرب في تجارته مع فرنسا؟",
            "ومع إسبانيا، هل نحن رابحون أم خاسرون وبكم؟",
            "هل يربح المغرب في تجارته – ومع إسبانيا، هل نحن رابحون أم خاسرون وبكم؟",
        ),
        (
            "L'artisanat a exporté pour combien en 2024 ?",
            "et en 2025 c'était combien ?",
            "L'artisanat a exporté – et en 2025 c'était combien ?",
        ),
        (
            "chno howa registre des importateurs?",
            "w chhal kaykellef?",
            "registre des importateurs – w chhal kaykellef?",
        ),
        (
            "كيفاش ناخد شهادة المنشأ؟",
            "وشحال كيكلف؟",
            "كيفاش ناخد شهادة المنشأ؟ وشحال كيكلف؟",
        ),
    ],
)
def test_what_the_follow_up_replaces_is_dropped(
    before: str, question: str, standalone: str
) -> None:
    assert run(question, ("user", before)).standalone == standalone


@pytest.mark.parametrize(
    "question",
    [
        "Quelles coopératives le programme safran accueille-t-il ?",
        "Which cooperatives does the saffron programme take in?",
        "ما هي التعاونيات التي يستقبلها برنامج الزعفران؟",
        "شنو هي الوثائق اللي خاصني باش نصدر الزربية؟",
        "chno homa lwra9 bach nsadder zrabi?",
        "PortNet, c'est quoi ?",
        "Et comment obtenir un carnet ATA ?",
        "وكيف أحصل على دفتر ATA؟",
        "Autre sujet : et le carnet ATA, c'est combien ?",
        "Different matter: since when has the VoC scheme been running?",
        "سؤال آخر: ما هو أجل الإرجاع؟",
        "so2al akhor: chhal lmodda?",
        "Je vends du miel. Quel papier accompagne ce produit cette année ?",
    ],
)
def test_a_new_topic_is_not_coloured_by_the_old_one(question: str) -> None:
    state = run(question, ("user", BEFORE))
    assert state.standalone == question
    assert "rewritten" not in [notice.kind for notice in state.notices]


def test_a_follow_up_of_a_follow_up_finds_the_subject() -> None:
    turns = [("user", BEFORE), ("assistant", "450 dirhams."), ("user", "Et le délai ?")]
    assert run("Et les papiers ?", *turns).standalone == "permis d'huile d'olive – Et les papiers ?"
    assert run("Et pour le miel ?", *turns).standalone == "permis de miel – Et le délai ?"


def test_only_the_last_topic_counts() -> None:
    state = run("Et le délai ?", ("user", "Le safran est-il taxé ?"), ("user", BEFORE))
    assert state.standalone == "permis d'huile d'olive – Et le délai ?"


def test_an_answer_to_our_question_completes_the_question_before() -> None:
    turns = [("user", "Et le prix ?"), ("assistant", "Quel produit ?")]
    assert run("l'huile d'olive", *turns).standalone == "Et le prix ? l'huile d'olive"


# What the assistant said


def test_of_what_was_said_only_known_names_are_searched_and_only_when_pointed_at() -> None:
    turns = [
        ("user", "Comment importer une machine ?"),
        ("assistant", "C'est interdit depuis 2031 ; passez par PortNet et payez 9 999 dirhams."),
    ]
    asked = run("Et le site que vous avez cité ?", *turns).standalone
    assert "PortNet" in asked
    lies = ("interdit depuis", "2031", "9 999")
    assert not any(lie in asked for lie in lies)
    assert "PortNet" not in run("Et le délai ?", *turns).standalone


def test_many_names_in_an_answer_do_not_drown_the_question() -> None:
    said = "PortNet, ONSSA, SMAEX, AMDIE, ASMEX, CGEM, OMPIC, IMANOR et la DUM."
    turns = [("user", BEFORE), ("assistant", said)]
    asked = run("Et l'organisme dont vous parlez ?", *turns).standalone
    assert sum(name in asked for name in said.removesuffix(" et la DUM.").split(", ")) == 3


# Without a subject


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("et le prix ?", "fr"),
        ("c'est combien les frais", "fr"),
        ("c combien et ça prend cb de temps ?", "fr"),
        ("الوثائق؟", "ar"),
        ("كم الثمن؟", "ar"),
        ("how much does it cost?", "en"),
        ("شحال؟", "ary"),
        ("شنو الوراق؟", "ary"),
        ("chno homa lwra9?", "ary-latn"),
    ],
)
@pytest.mark.parametrize(
    "turns",
    [
        [],
        [("assistant", "Bonjour, parlons de l'huile d'olive.")],
        [("user", ""), ("assistant", "")],
        [("user", "\u200b \u202e"), ("assistant", "")],
        [("user", "et le délai ?"), ("assistant", "Quel produit ?")],
        [("user", "huile d'olive " * QUESTION_LIMIT)],
    ],
    ids=["none", "assistant only", "empty", "invisible", "no subject either", "no question"],
)
def test_a_question_without_subject_is_asked_what_it_is_about(
    question: str, language: str, turns: list[tuple[str, str]]
) -> None:
    turns = [(role, content[:8_000]) for role, content in turns]
    state = run(question, *turns)
    assert state.outcome == Outcome("clarify")
    assert state.closed
    assert state.language == language
    assert [notice.kind for notice in state.notices] == ["examples"]


@pytest.mark.parametrize(
    "greeting",
    ["Bonjour !", "Merci beaucoup.", "Hi, thanks", "السلام عليكم", "شكرا", "salam, labas?", "ok"],
)
@pytest.mark.parametrize("turns", [[], [("user", BEFORE), ("assistant", "450.")]])
def test_a_greeting_asks_nothing(greeting: str, turns: list[tuple[str, str]]) -> None:
    state = run(greeting, *turns)
    assert state.outcome == Outcome("clarify")
    assert state.closed


@pytest.mark.parametrize(("thanks", "question"), [("Merci !", "Le délai ?"), ("شكرا", "والأجل؟")])
def test_thanks_do_not_end_a_subject(thanks: str, question: str) -> None:
    state = run(question, ("user", BEFORE), ("assistant", "450."), ("user", thanks))
    assert "permis d'huile d'olive" in state.standalone
    assert thanks not in state.standalone


@pytest.mark.parametrize(
    "question", ["Bonjour, quelle taxe sur les tapis ?", "سلام، ثمن رخصة الزيت"]
)
def test_a_greeting_before_a_question_hides_nothing(question: str) -> None:
    state = run(question)
    assert state.outcome is None
    assert state.standalone == question


@pytest.mark.parametrize(
    ("part", "other", "subject"),
    [
        ("و شحال كيدوم؟", "شحال كتكلف رخصة زيت الزيتون", "رخصة زيت الزيتون"),
        ("وشنو نمرة التيليفون؟", "فين كاين شباك الزرابي", "شباك الزرابي"),
        ("et combien de temps ?", "Quel prix pour l'huile d'olive", "huile d'olive"),
    ],
)
def test_a_word_that_asks_is_no_subject_of_a_part(part: str, other: str, subject: str) -> None:
    assert subject in REWRITE.completed(part, other)


@pytest.mark.parametrize(
    "question",
    [
        "Comment exporter ?",
        "Quel est le prix du permis ?",
        "C'est quoi la loi 91-14 ?",
        "qui es-tu ?",
        "what can you do?",
        "070200",
        "كيفاش نصدر؟",
        "ما هي شهادة المنشأ؟",
        "kifach nsadder?",
        "🙂🙂 a",
        "Сколько стоит?",
        "DROP TABLE prix;",
    ],
)
def test_a_question_with_a_subject_is_not_asked_back(question: str) -> None:
    state = run(question)
    assert state.outcome is None
    assert not state.closed
    assert state.standalone == state.text


# Histories as they come


def test_what_was_hidden_in_an_earlier_turn_stays_out() -> None:
    state = run("Et le délai ?", ("user", "Le \u202epermis\u200b\x1b d'huile\n ?"))
    assert state.standalone == "Le permis d'huile ? Et le délai ?"
    assert "\u202e" not in state.notices[0].text


def test_what_follows_something_longer_than_a_question_is_left_alone() -> None:
    state = run("Et si l'envoi est petit ?", ("user", "a" * (QUESTION_LIMIT + 1)))
    assert state.standalone == "Et si l'envoi est petit ?"


def test_long_questions_are_not_joined_without_end() -> None:
    long = "et l'huile " + "d'olive " * 110
    state = run(long, *[("user", f"{long}{n}") for n in range(HISTORY_LIMIT)])
    assert len(state.standalone) <= 2 * QUESTION_LIMIT


def test_too_many_turns_are_an_error_that_says_how_many_are_read() -> None:
    with pytest.raises(HistoryTooLongError, match=str(HISTORY_LIMIT)):
        run("Et le délai ?", *[("user", BEFORE)] * 50)


def test_rules_work_without_a_glossary() -> None:
    bare = Rewrite.load(Phrases.load())
    question = Question(question="Et le délai ?", history=(Turn(role="user", content=BEFORE),))
    state = bare.run(Normalise().run(State(question)))
    assert state.standalone == "permis d'huile d'olive – Et le délai ?"


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        (
            "How do I export argan oil to Japan?",
            "What about insurance?",
            "export argan oil to Japan – insurance?",
        ),
        (
            "Comment exporter des tapis en Allemagne ?",
            "Et l'assurance ?",
            "exporter des tapis en Allemagne – Et l'assurance ?",
        ),
        (
            "كيف أصدر زيت الأركان إلى اليابان؟",
            "ماذا عن التأمين؟",
            "أصدر زيت الأركان إلى اليابان – التأمين?",
        ),
        (
            "كيفاش نصدر زيت أركان لليابان؟",
            "وشنو على التأمين؟",
            "نصدر زيت أركان لليابان – التأمين?",
        ),
        (
            "kifach nsadder argan l yaban?",
            "w chno 3la l'assurance?",
            "nsadder argan l yaban – l'assurance?",
        ),
        (
            "How do I export carpets to Germany?",
            "And how do I get paid safely?",
            "export carpets to Germany – And how do I get paid safely?",
        ),
    ],
)
def test_a_new_side_of_the_subject_takes_the_place_of_how(
    before: str, question: str, standalone: str
) -> None:
    state = run(question, ("user", before))
    assert state.standalone.replace("؟", "?") == standalone


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("ما هي وثائق التصدير؟", "وشهادة المنشأ؟"),
        ("lot de miel bloqué pour fraude", "j'ai laissé passer la semaine… il se passe quoi ?"),
        ("My honey is held at the port", "I missed the week. What happens?"),
        ("علاش رجعات الديوانة على الحوايج ديال تركيا؟", "وهاد الشي غادي يبقى حتى ل إمتى؟"),
        ("بغيت نصيفط عينات فابور", "إيوا وحتا فهاد الحالة خاصني التصريح؟"),
        (
            "إمتى غادي يبدا القانون الأوروبي ديال الغابات؟",
            "والشركات الصغار، حتى هوما ف نفس التاريخ؟",
        ),
    ],
)
def test_what_asks_of_nothing_itself_follows(before: str, question: str) -> None:
    state = run(question, ("user", before))
    assert state.standalone.endswith(state.text)
    assert state.standalone != state.text


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("Comment exporter des tapis ?", "C'est quoi PortNet ?"),
        ("What is the repatriation deadline?", "How do I register a trademark?"),
        ("ما هو أجل إرجاع الحصيلة؟", "وثائق التصدير؟"),
        ("kifach nsadder argan?", "chno howa drawback?"),
    ],
)
def test_a_new_topic_is_not_coloured_by_the_old(before: str, question: str) -> None:
    state = run(question, ("user", before))
    assert state.standalone == state.text
