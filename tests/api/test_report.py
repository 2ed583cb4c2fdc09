"""The report: all of a run on one page that fetches nothing and runs nothing of an answer."""

import base64
import hashlib
import sys
from collections.abc import Callable, Sequence
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from api.cli import main
from api.report import charts, overview
from api.report.card import card, pieces
from api.report.measured import Measured, read_measured, verdict
from api.report.page import render
from assistant.answer import Answer, Citation, Engine, Notice, Sentence, Status
from evals.citations import WordSupport
from evals.gold import GoldItem
from evals.runfolder import SUMMARY, Config, RunFolder, RunMismatchError, Timing
from evals.score import Library, Result, Scorer
from evals.spans import Span
from evals.summary import summarise
from evals.system import Observation
from index.generation import current
from ingest.document import Document, Statement
from ingest.errors import PathMissingError

FR = "Le délai est de 150 jours. Le plafond est de 76 000 dirhams."
AR = "الأجل هو 150 يوما. السقف هو 76 000 درهم."
NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)> </details> & \"'{{ 7*7 }}"


def document(language: str, text: str) -> Document:
    cut = text.index(".") + 1
    statements = (Statement("delay", 0, cut, ()), Statement("cap", cut + 1, len(text), ()))
    return Document(f"delay.{language}", "delay", language, "Délai", text, statements=statements)


LIBRARY = Library.of([document("fr", FR), document("ar", AR)])


def question(name: str, language: str, text: str, statement: str, fact: str) -> GoldItem:
    home = LIBRARY.documents[f"delay.{'fr' if language == 'fr' else 'ar'}"]
    span = next(one for one in home.statements if one.anchor == statement)
    evidence = {
        "document": home.id, "statement": statement, "start": span.start, "end": span.end,
    }  # fmt: skip
    return GoldItem.model_validate(
        {
            "id": name, "language": language, "question": text, "kind": "number",
            "expect": ["answered", "partial"], "best": "answered", "sheets": ["delay"],
            "facts": [{"type": "number", "any": [fact]}], "evidence": [evidence],
            "forbidden": ["999"], "tags": ["numeric"],
        }
    )  # fmt: skip


ITEMS = (
    question("fr-1", "fr", "Quel délai ?", "delay", "150 jours"),
    question("ar-1", "ar", "ما السقف؟ هل هو 76 000 درهم؟", "cap", "76 000 درهم"),
    question("ary-1", "ary", "شحال ديال délai؟", "delay", "150 يوما"),
    question("fr-2", "fr", NASTY, "cap", "76 000 dirhams"),
)


def answer(item: GoldItem, status: Status = "answered", **fields: object) -> Answer:
    """The statement that the gold asks for, quoted; or nothing, when the status withholds it."""
    evidence = item.evidence[0]
    home = LIBRARY.documents[evidence.document]
    quote = home.text[evidence.start : evidence.end]
    told = status == "answered"
    citation = Citation(
        n=1, document_id=home.id, title=home.title, publisher="Office", url="https://example.org/a",
        source_date="2025-06", as_of=None, language=home.language, section="", quote=quote,
        start=evidence.start, end=evidence.end,
    )  # fmt: skip
    values: dict[str, object] = {
        "id": "1", "status": status, "reason": None, "language": home.language,
        "text": f"{quote} [1]" if told else "Les documents ne répondent pas.",
        "sentences": [Sentence(text=quote, citations=(1,), mode="quote")] if told else [],
        "citations": [citation] if told else [], "conflicts": (), "notices": (), "handoff": None,
        "follow_ups": (), "engine": Engine(composer="extractive", model=None, generation="g"),
        "timings_ms": {},
    }  # fmt: skip
    return Answer.model_validate({**values, **fields})


def observe(item: GoldItem, status: Status = "answered", support: float | None = 0.9) -> Result:
    evidence = item.evidence[0]
    seen = Observation(
        answer(item, status),
        (Span(evidence.document, 0, 5), Span(evidence.document, evidence.start, evidence.end)),
        support,
        answer(item) if support is not None else None,
    )
    return Scorer(LIBRARY, WordSupport()).score(item, seen)


def right() -> list[Result]:
    return [observe(item) for item in ITEMS]


Keep = Callable[..., Path]


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Writes a run folder as `sanad eval run` does."""

    def write(name: str, results: Sequence[Result], **fields: object) -> Path:
        values: dict[str, object] = {
            "system": name, "gold": "dev.jsonl", "gold_sha256": "0", "generation": "0" * 16,
            "embedder": "e", "composer": "extractive", "model": None, "prompt": None,
            "support": "words", "day": date(2026, 11, 21), "seed": 1, "commit": None,
        }  # fmt: skip
        folder = RunFolder(tmp_path / name)
        folder.begin(Config.model_validate({**values, **fields}))
        timings = [
            Timing(id=result.id, ms={"total": 10.0 * place, "retrieve": 1.0, "observed": 12.0})
            for place, result in enumerate(results, 1)
        ]
        folder.finish(results, timings, summarise(results))
        return folder.path

    return write


def measured(path: Path) -> Measured:
    return read_measured(RunFolder(path))


class Page(HTMLParser):
    """A page taken apart: elements with their attributes, texts with the tag before them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._open = tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open, data))

    @property
    def text(self) -> str:
        return " ".join("".join(words for _, words in self.texts).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def part(html: str, name: str) -> str:
    return html[html.index(f'id="{name}"') :].partition("</section>")[0]


def article(html: str, name: str) -> str:
    return html[html.index(f'<article class="card" id="{name}"') :].partition("</article>")[0]


@pytest.fixture
def html(keep: Keep) -> str:
    return render(measured(keep("sanad", right())), LIBRARY)


def test_the_page_holds_each_question_with_answer_proof_gold_and_verdict(html: str) -> None:
    page = Page(html)
    assert [card["id"] for card in page.all("article")] == [item.id for item in ITEMS]
    shown = article(html, "fr-1")
    text = Page(shown).text
    for expected in (
        "Quel délai ?", "delay.fr", "0–26", "Office", "2025-06", "✓ found", "150 jours",
        "delay.fr#delay", "found at 2", "Forbidden: 999", "crag", "0.900",
    ):  # fmt: skip
        assert expected in text, expected
    assert text.count("Le délai est de") == 3  # said, quoted, and asked for by the gold
    assert 'data-verdict="right"' in shown


def test_tables_tell_language_slice_and_status(html: str) -> None:
    languages = Page(part(html, "part-languages")).text
    crag = summarise(right()).groups["language:fr"].means["crag"]
    assert f"fr 22 1.00 [{crag.low:.2f}, {crag.high:.2f}] n 2" in languages
    assert [link["data-filter"] for link in Page(part(html, "part-languages")).all("a")] == [
        "language=ar", "language=ary", "language=fr",
    ]  # fmt: skip
    assert "kind=number" in part(html, "part-slices")
    assert "4 accepted" in Page(part(html, "part-statuses")).text
    assert "retrieve" in Page(part(html, "part-latency")).text
    assert "gold_sha256" in Page(part(html, "part-run")).text
    assert len(Page(html).all("svg")) == 3


def test_what_went_wrong_is_named(keep: Keep) -> None:
    invented = answer(ITEMS[0], text="Le délai est de 999 jours. [7]", sentences=(), citations=())
    scorer = Scorer(LIBRARY, WordSupport())
    results = [
        scorer.score(ITEMS[0], Observation(invented)),
        scorer.fail(ITEMS[1], "language_model_failed: away"),
        *(observe(item, support=None) for item in ITEMS[2:]),
    ]
    page = render(measured(keep("sanad", results)), LIBRARY)
    first = Page(article(page, "fr-1")).text
    assert "✗ missing" in first
    assert "Forbidden, but said: 999" in first
    assert "Figures without proof: 999 jours" in first
    second = Page(article(page, "ar-1")).text
    assert "language_model_failed: away" in second
    assert "shows no support" in Page(part(page, "part-certainty")).text


def test_nothing_is_fetched_and_only_our_own_code_runs(html: str) -> None:
    page = Page(html)
    for tag, attributes in page.elements:
        assert "style" not in attributes, tag
        assert not any(name.startswith("on") for name in attributes), tag
        for name in ("src", "href", "xlink:href", "action", "data", "poster", "srcset"):
            assert attributes.get(name, "#").startswith("#"), (tag, attributes)
    assert "url(http" not in html
    assert "@import" not in html
    [policy] = [one["content"] for one in page.all("meta") if "http-equiv" in one]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert len(page.all("script")) == len(page.all("style")) == 1
    for tag in ("script", "style"):
        own = html.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_markup_in_a_question_or_an_answer_is_only_text(keep: Keep) -> None:
    said = answer(ITEMS[0], text=NASTY, sentences=(), notices=(Notice(kind="old", text=NASTY),))
    results = [Scorer(LIBRARY, WordSupport()).score(ITEMS[0], Observation(said)), *right()[1:]]
    results[2] = Scorer(LIBRARY, WordSupport()).fail(ITEMS[2], NASTY)
    run = measured(keep("sanad", results, model=NASTY))
    page = Page(render(run, LIBRARY))
    assert len(page.all("script")) == 1
    assert page.all("img") == []
    assert page.text.count("<script>alert(") >= 5  # question, answer, notice, error, settings
    assert "{{" in page.text


def test_names_that_could_break_an_attribute_stay_inside(keep: Keep) -> None:
    item = ITEMS[0].model_copy(update={"id": '"><b onclick=x>', "tags": ('"><i>',)})
    page = Page(render(measured(keep("sanad", [observe(item)])), LIBRARY))
    assert page.all("article")[0]["id"] == item.id
    assert page.all("i") == []


def test_arabic_runs_right_to_left_and_its_figures_do_not(html: str) -> None:
    arabic, darija, french = (article(html, name) for name in ("ar-1", "ary-1", "fr-1"))
    assert {"class": "question", "lang": "ar", "dir": "rtl"} in Page(arabic).all("span")
    assert {"class": "question", "lang": "ary", "dir": "rtl"} in Page(darija).all("span")
    assert {"class": "question", "lang": "fr", "dir": "auto"} in Page(french).all("span")
    assert {"lang": "ar", "dir": "rtl"} in Page(arabic).all("blockquote")
    assert '<bdi dir="ltr" class="figure">76 000</bdi> درهم' in arabic


def test_equal_runs_give_equal_pages(keep: Keep) -> None:
    run = measured(keep("sanad", right()))
    assert render(run, LIBRARY) == render(run, LIBRARY)


def test_a_comparison_shows_what_flipped_both_ways_with_both_answers(keep: Keep) -> None:
    silent = observe(ITEMS[0], "unanswerable")
    before = measured(keep("before", [silent, *right()[1:]]))
    after = [right()[0], observe(ITEMS[1], "unanswerable"), *right()[2:]]
    html = render(measured(keep("after", after, seed=2)), LIBRARY, before)
    change = part(html, "part-change")
    gained, lost = change.partition("1 no longer right</h3>")[::2]
    assert "1 now right" in gained
    assert 'href="#fr-1"' in gained
    assert 'href="#ar-1"' in lost
    assert 'href="#ar-1"' not in gained
    assert {"before=withheld&amp;verdict=right", "before=right&amp;verdict=withheld"} <= {
        link.partition('"')[0] for link in change.split('data-filter="')
    }
    both = Page(article(html, "fr-1")).text
    assert "Answer before ○ withheld" in both
    assert "Les documents ne répondent pas." in both
    assert "Answer after ✓ right" in both
    assert "the same in both runs" in Page(article(html, "fr-2")).text
    differing = part(html, "part-run").split('class="differs"')[1:]
    rows = [dict(reversed(Page(f"<tr{row}").texts)) for row in differing]
    assert [row["th"] for row in rows] == ["system", "seed"]


def test_runs_over_other_questions_are_not_compared(keep: Keep) -> None:
    one, other = keep("one", right()), keep("other", right()[:2])
    with pytest.raises(RunMismatchError, match="fr-2"):
        render(measured(one), LIBRARY, measured(other))


def test_gold_words_that_moved_are_said_to_be_gone(keep: Keep) -> None:
    moved = Library.of([document("fr", f"Avis. {FR}")])
    html = render(measured(keep("sanad", right())), moved)
    assert "no longer at delay.fr #delay" in Page(article(html, "fr-1")).text
    assert "no longer at delay.ar #cap" in Page(article(html, "ar-1")).text


# Bad input


@pytest.fixture
def sanad_report(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    trade_index: Path,
) -> Callable[..., tuple[int, str]]:
    """Runs `sanad eval report` over the small index: exit code and what it said."""
    monkeypatch.setenv("SANAD_INDEX", str(trade_index))

    def call(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["sanad", "eval", "report", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out + captured.err

    return call


Report = Callable[..., tuple[int, str]]


def test_the_command_writes_the_file(
    sanad_report: Report, keep: Keep, tmp_path: Path, trade_index: Path, trade_corpus: Path
) -> None:
    run = keep("sanad", right(), generation=current(trade_index))
    out = tmp_path / "new" / "report.html"
    assert sanad_report(run, "--out", out) == (0, f"{out}\n")
    assert "fr-1" in out.read_text(encoding="utf-8")
    gone = keep("gone", right())
    assert sanad_report(gone, "--corpus", trade_corpus, "--out", out)[0] == 0
    assert sanad_report(run, "--against", gone, "--out", out)[0] == 0
    assert "part-change" in out.read_text(encoding="utf-8")


def test_a_run_without_summary_or_of_another_version_is_named(
    sanad_report: Report, keep: Keep, tmp_path: Path
) -> None:
    run = keep("sanad", right())
    whole = (run / SUMMARY).read_text(encoding="utf-8")
    (run / SUMMARY).write_text(whole.replace('"groups"', '"slices"'), encoding="utf-8")
    code, said = sanad_report(run)
    assert (code, "not of this version" in said) == (2, True)
    (run / SUMMARY).unlink()
    code, said = sanad_report(run)
    assert (code, "sanad eval run" in said) == (2, True)
    with pytest.raises(PathMissingError, match="nowhere"):
        measured(tmp_path / "nowhere")


def test_a_summary_of_other_results_is_refused(keep: Keep) -> None:
    run, other = keep("one", right()), keep("two", right()[:1])
    (run / SUMMARY).write_bytes((other / SUMMARY).read_bytes())
    with pytest.raises(RunMismatchError, match="tells of 1 questions"):
        measured(run)


def test_a_run_on_an_index_that_is_gone_names_the_remedy(
    sanad_report: Report, keep: Keep, tmp_path: Path
) -> None:
    code, said = sanad_report(keep("sanad", right()), "--out", tmp_path / "report.html")
    assert code == 2
    assert "--corpus" in said
    assert not (tmp_path / "report.html").exists()


def test_a_file_that_cannot_be_written_is_an_error(
    sanad_report: Report, keep: Keep, tmp_path: Path, trade_corpus: Path
) -> None:
    run = keep("sanad", right())
    code, said = sanad_report(run, "--corpus", trade_corpus, "--out", tmp_path)
    assert (code != 0, "--out" in said) == (True, True)


def test_without_the_extra_its_name_is_told(
    sanad_report: Report, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "api.report.page")
    monkeypatch.delitem(sys.modules, "api.report.charts")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, said = sanad_report(keep("sanad", right()))
    assert code == 6
    assert "sanad[report]" in said


# Pieces


def test_an_answer_is_cut_at_its_sentences_and_loses_no_word() -> None:
    text = "Voici : Un. [1][2]\nDeux. [1] Fin."
    sentences = [
        Sentence(text="Un.", citations=(1, 2), mode="quote"),
        Sentence(text="Deux.", citations=(1,), mode="generated"),
        Sentence(text="Jamais dit.", citations=(), mode="generated"),
    ]
    cut = list(pieces(answer(ITEMS[0], text=text, sentences=sentences)))
    assert [(piece.text, piece.citations, piece.mode) for piece in cut] == [
        ("Voici : ", (), None),
        ("Un.", (1, 2), "quote"),
        ("\n", (), None),
        ("Deux.", (1,), "generated"),
        (" Fin.", (), None),
        ("Jamais dit.", (), "generated"),
    ]


@pytest.mark.parametrize(
    ("crag", "expected"), [(1, "right"), (0.5, "partly"), (0, "withheld"), (-1, "wrong")]
)
def test_verdicts_are_the_steps_of_crag(crag: float, expected: str) -> None:
    result = right()[0]
    scores = result.scores.model_copy(update={"crag": crag})
    assert verdict(result.model_copy(update={"scores": scores})) == expected


def test_a_card_knows_whether_there_is_anything_to_compare() -> None:
    first, silent = observe(ITEMS[0]), observe(ITEMS[0], "unanswerable")
    assert not card(first, None, LIBRARY).same
    assert card(first, first, LIBRARY).same
    assert not card(first, silent, LIBRARY).same


def test_support_that_is_no_probability_becomes_ranks() -> None:
    supports = [-3.0, 7.0, 7.0, 12.5]
    results = [observe(item, support=one) for item, one in zip(ITEMS, supports, strict=True)]
    ranked = overview.certainty(results)
    assert ranked is not None
    assert not ranked.chance
    assert ranked.error is None
    assert ranked.supports == (0.125, 0.5, 0.5, 0.875)
    honest = overview.certainty(right())
    assert honest is not None
    assert honest.chance
    assert honest.error == pytest.approx(0.1)


def test_an_error_is_wrong_with_the_least_support() -> None:
    failed = Scorer(LIBRARY, WordSupport()).fail(ITEMS[0], "internal: away")
    found = overview.certainty([failed, *right()[1:]])
    assert found is not None
    assert found.chance
    assert found.supports[0] == 0
    assert found.wrong == (True, False, False, False)
    assert found.coverage == 0.75
    assert found.risk == 0


def test_curves_carry_no_style_and_take_the_colours_of_the_page() -> None:
    found = overview.certainty(right())
    assert found is not None
    for drawn in (
        charts.risk_coverage_chart({"after": found, "before": found}),
        charts.reliability_chart({"after": found}),
        charts.latency_chart({"after": [1.0, 2.0, 3.0]}),
    ):
        elements = Page(drawn).elements
        assert not any("style" in attributes for _, attributes in elements)
        classes = {attributes.get("class", "") for _, attributes in elements}
        assert "stroke-accent" in classes
        assert "#0b5d4b" not in drawn
