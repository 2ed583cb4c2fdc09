from pathlib import Path

import pytest

from ingest.check import check_corpus
from ingest.corpus import Corpus, load_corpus
from ingest.errors import CorpusError
from ingest.problem import Problem
from ingest.regions import Gazetteer, Region, read_regions
from ingest.yamltext import read_yaml
from tests.ingest.sheets import write_corpus

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
REGION = """
  - id: region-{n}
    names: {{fr: Région {n}, ar: جهة {n}, en: Region {n}}}
    office: trade-office
    provinces:
      - {{fr: Province {n}, ar: إقليم {n}}}
    cities:
      - {{fr: Ville {n}, ar: مدينة {n}, variants: [Madina {n}], everyday: [Ville {n}]}}
"""
REGIONS = "regions:" + "".join(REGION.format(n=n) for n in range(1, 13))


def written(folder: Path, text: str = REGIONS) -> Path:
    path = folder / "regions.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def regions_of(path: Path) -> tuple[Region, ...]:
    problems: list[Problem] = []
    regions = read_regions(read_yaml(path.read_text(encoding="utf-8"), file=path.name), problems)
    assert problems == []
    return regions


def broken(folder: Path, old: str, new: str) -> list[Problem]:
    assert old in REGIONS
    write_corpus(folder)
    written(folder, REGIONS.replace(old, new))
    return check_corpus(folder)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(regions_of(CORPUS / "regions.yaml"))


def test_a_region_is_read_whole(tmp_path: Path) -> None:
    region = regions_of(written(tmp_path))[0]
    assert (region.id, region.office) == ("region-1", "trade-office")
    assert region.names["ar"] == "جهة 1"
    assert [place.forms[0] for place in region.places] == ["Région 1", "Province 1", "Ville 1"]
    assert region.cities[0].everyday == ("Ville 1",)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("office: trade-office", "office: nobody", "office"),
        ("- id: region-12", "- id: region-11", "duplicate"),
        ("ar: مدينة 12,", "ar: مدينة 11,", "collision"),
        ("fr: Province 12,", "fr: province  11,", "collision"),
        ("everyday: [Ville 12]", "everyday: [Village]", "everyday"),
        (REGION.format(n=12), "", "region-count"),
        ("office: trade-office", "bureau: trade-office", "schema"),
        ("ar: جهة 12, ", "", "schema"),
    ],
)
def test_each_mistake_is_found(tmp_path: Path, old: str, new: str, rule: str) -> None:
    found = broken(tmp_path, old, new)
    assert {(problem.file, problem.rule) for problem in found} == {("regions.yaml", rule)}


def test_a_sheet_names_only_regions_that_exist(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path)
    written(folder)
    for language in ("fr", "ar", "en"):
        sheet = folder / "sheets" / "trade-programme" / f"targets.{language}.md"
        text = sheet.read_text(encoding="utf-8")
        sheet.write_text(text.replace("regions: []", "regions: [region-2, atlantis]"), "utf-8")
    found = check_corpus(folder)
    assert {problem.rule for problem in found} == {"region"}
    assert all("atlantis" in problem.message for problem in found)
    assert len(found) == 3


def test_a_corpus_carries_its_regions(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path)
    assert load_corpus(folder).regions == ()
    written(folder)
    assert len(load_corpus(folder).regions) == 12
    assert check_corpus(folder) == []


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    written(write_corpus(tmp_path), REGIONS.replace("office:", "bureau:"))
    with pytest.raises(CorpusError, match=r"regions\.yaml:\d+: schema"):
        load_corpus(tmp_path)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Safi", "marrakech-safi"),
        ("le bureau de Safi ?", "marrakech-safi"),
        ("آسفي", "marrakech-safi"),
        ("فين كاين المكتب بأسفي؟", "marrakech-safi"),
        ("je suis artisan à Fès", "fes-meknes"),
        ("export office in Fez", "fes-meknes"),
        ("أنا من فاس", "fes-meknes"),
        ("fin lbureau f casa", "casablanca-settat"),
        ("شركتي بالجديدة", "casablanca-settat"),
        ("coopérative de Taroudant", "souss-massa"),
        ("تعاونية بتارودانت", "souss-massa"),
        ("chambre de Salé", "rabat-sale-kenitra"),
        ("Tangier", "tanger-tetouan-al-hoceima"),
        ("ف طنجة", "tanger-tetouan-al-hoceima"),
        ("une société de l’Oriental", "oriental"),
        ("العيون-سيدي ملوك", "oriental"),
        ("مقاولة بجهة الشرق", "oriental"),
        ("نصدر من العيون", "laayoune-sakia-el-hamra"),
        ("التصدير للعيون", "laayoune-sakia-el-hamra"),
        ("Errachidia", "draa-tafilalet"),
        ("بني ملال", "beni-mellal-khenifra"),
        ("Goulimine", "guelmim-oued-noun"),
        ("في الداخلة", "dakhla-oued-ed-dahab"),
    ],
)
def test_a_place_leads_to_its_region(gazetteer: Gazetteer, text: str, region: str) -> None:
    assert [found.id for found in gazetteer.named(text)] == [region]


@pytest.mark.parametrize(
    "text",
    [
        "certificate of free sale",
        "safi 3tini lwra9",
        "القواعد الجديدة للتصدير",
        "السلعة الداخلة للمغرب",
        "الشرق الأوسط",
        "تصدير البطاطا",
        "بطاطا طرية",
        "tapis oriental",
        "quels délais ?",
        "",
    ],
)
def test_a_common_word_is_no_place(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.named(text) == ()


def test_several_places_come_in_the_order_of_the_file(gazetteer: Gazetteer) -> None:
    found = gazetteer.named("من أكادير إلى Marrakech ثم مراكش")
    assert [region.id for region in found] == ["marrakech-safi", "souss-massa"]


def test_no_regions_name_nothing() -> None:
    assert Gazetteer(()).named("Safi") == ()


def test_our_regions_each_have_their_office(real_corpus: Corpus) -> None:
    offices = [real_corpus.body(region.office) for region in real_corpus.regions]
    assert len({office.id for office in offices if office}) == 12
    assert all(office.contacts == () for office in offices if office)
    assert sum(len(region.provinces) for region in real_corpus.regions) == 75
