from pathlib import Path

import pytest

from ingest.check import check_corpus
from ingest.corpus import Corpus, load_corpus
from ingest.errors import CorpusError
from ingest.glossary import Term, form_key, read_terms
from ingest.problem import Problem
from ingest.yamltext import read_yaml
from tests.ingest.sheets import write_corpus

GLOSSARY = """
terms:
  - id: customs
    kind: body
    fr: douane
    ar: الجمارك
    en: customs
    ary: [ديوانة, الديوانة]
    ary_latn: [diwana]
    abbreviations: [ADII]
    variants: [Douanes, «douane»]
    definition:
      fr: Administration qui dédouane.
      ar: الإدارة التي تتولى التعشير.
      en: Administration that clears goods.
    topics: [trade-programme]
  - {id: carpet, kind: product, fr: tapis, ar: الزربية, en: carpet, ary: [زربية], as_written: [CE]}
"""


def written(folder: Path, text: str = GLOSSARY) -> Path:
    path = folder / "glossary.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def terms_of(path: Path) -> tuple[Term, ...]:
    found: list[Problem] = []
    terms = read_terms(read_yaml(path.read_text(encoding="utf-8"), file=path.name), found)
    assert found == []
    return terms


def problems(folder: Path, old: str, new: str) -> list[Problem]:
    assert old in GLOSSARY
    write_corpus(folder)
    written(folder, GLOSSARY.replace(old, new))
    return check_corpus(folder)


def test_a_term_gathers_what_people_call_it(tmp_path: Path) -> None:
    customs, carpet = terms_of(written(tmp_path))
    assert (customs.id, customs.kind, customs.topics) == ("customs", "body", ("trade-programme",))
    assert customs.names == {"fr": "douane", "ar": "الجمارك", "en": "customs"}
    assert (customs.darija, customs.darija_latin) == (("ديوانة", "الديوانة"), ("diwana",))
    assert customs.definition is not None
    assert customs.definition["ar"] == "الإدارة التي تتولى التعشير."
    assert carpet.definition is None
    assert carpet.as_written == ("CE",)


def test_forms_are_given_once_and_leave_out_common_words(tmp_path: Path) -> None:
    term = Term(
        id="duty",
        kind="term",
        names={"fr": "Licence", "ar": "رخصة", "en": "licence"},
        darija=("رخصه", "الرخصة"),
        variants=("LICENCE", "permis"),
        as_written=("LE",),
    )
    assert term.forms == ("Licence", "رخصة", "الرخصة", "permis")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Déclaration  unique", "declaration unique"), ("رُخْصَة", "رخصه"), ("آسفي", "اسفي")],
)
def test_the_same_word_has_one_key(one: str, other: str) -> None:
    assert form_key(one) == form_key(other)


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ("fr: tapis", "fr: Diwana", "collision", 17),
        ("ar: الزربية", "ar: الدِّيوانة", "collision", 17),
        ("abbreviations: [ADII]", "as_written: [CE]", "collision", 17),
        ("id: carpet", "id: customs", "duplicate", 17),
        ("topics: [trade-programme]", "topics: [tapestry]", "topic", 3),
        ("kind: product", "kind: rug", "schema", 17),
        ("    ar: الجمارك\n", "", "schema", 3),
        ("ary_latn:", "latin:", "schema", 9),
        ("      en: Administration that clears goods.\n", "", "schema", 12),
    ],
)
def test_each_mistake_is_found_at_its_term(
    tmp_path: Path, old: str, new: str, rule: str, line: int
) -> None:
    found = problems(tmp_path, old, new)
    assert [(p.file, p.rule, p.line) for p in found] == [("glossary.yaml", rule, line)]


def test_a_corpus_carries_its_glossary(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path)
    assert load_corpus(folder).glossary == ()
    written(folder)
    assert [term.id for term in load_corpus(folder).glossary] == ["customs", "carpet"]
    assert check_corpus(folder) == []


def test_a_broken_glossary_is_refused_with_its_line(tmp_path: Path) -> None:
    written(write_corpus(tmp_path), GLOSSARY.replace("ary_latn:", "latin:"))
    with pytest.raises(CorpusError, match=r"glossary\.yaml:9: schema"):
        load_corpus(tmp_path)


@pytest.mark.parametrize(
    ("form", "term_id"),
    [
        ("douane", "customs"),
        ("الديوانة", "customs"),
        ("diwana", "customs"),
        ("flous", "money"),
        ("فلوس", "money"),
        ("sel3a", "goods"),
        ("سلعة", "goods"),
        ("rokhsa", "licence"),
        ("زربية", "carpet"),
        ("zarbiya", "carpet"),
        ("زليج", "zellige"),
        ("zit zitoun", "olive-oil"),
        ("طوموبيل", "cars"),
        ("فاكتورة", "invoice"),
        ("factura", "invoice"),
        ("نصيفط", "send"),
        ("khelles", "pay"),
        ("رجع الفلوس", "repatriation"),
        ("Hjira", "omar-hejira"),
        ("Hajira", "omar-hejira"),
        ("حجيرة", "omar-hejira"),
        ("DUM", "dum"),
        ("B@DR", "badr"),
        ("EUR.1", "eur1"),
        ("OEA", "aeo"),
        ("MACF", "cbam"),
        ("CBAM", "cbam"),
    ],
)
def test_our_glossary_knows_the_words_of_the_trade(
    real_corpus: Corpus, form: str, term_id: str
) -> None:
    terms = real_corpus.glossary
    owners = {form_key(form): term.id for term in terms for form in term.forms}
    assert owners[form_key(form)] == term_id


def test_our_glossary_speaks_every_language(real_corpus: Corpus) -> None:
    terms = real_corpus.glossary
    assert len(terms) >= 260
    assert {term.kind for term in terms} == {
        *("term", "body", "person", "place", "product", "document"),
    }
    everyday = {"is", "if", "ce", "at", "us", "ca", "le", "et", "mad", "red", "add"}
    assert everyday.isdisjoint(form_key(form) for term in terms for form in term.forms)
