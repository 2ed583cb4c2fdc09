"""A small library of what ministries publish, in all formats, with what a reader finds in each."""

import io
import json
from dataclasses import dataclass

import docx
import openpyxl
from docx.document import Document as WordFile
from openpyxl.worksheet.worksheet import Worksheet

from tests.ingest.printing import LEFT, RIGHT, Printer


@dataclass(frozen=True)
class Book:
    """A file and what is to be read in it.

    `sections` are the headings from the top, `pages` each page with the words it begins with,
    `rows` each row of a table with the header it is read under.
    """

    name: str
    data: bytes
    language: str
    title: str
    text: str
    sections: tuple[tuple[str, ...], ...] = ((),)
    pages: tuple[tuple[int, str], ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


FR = "L'exportateur dépose sa demande auprès de la direction avant le 31 mars 2026."
AR = "يودع المصدر طلبه لدى الإدارة المختصة قبل 31 مارس 2026."
FR_LONG = (
    "La présente circulaire précise les conditions dans lesquelles les importateurs déposent leurs "
    "demandes auprès de l'administration compétente, conformément à la loi n° 91-14 relative au "
    "commerce extérieur et aux textes pris pour son application."
)
AR_LONG = (
    "تحدد هذه الدورية الشروط التي يودع بموجبها المستوردون طلباتهم لدى الإدارة المختصة، طبقا "
    "للقانون رقم 91.14 المتعلق بالتجارة الخارجية (Loi 91-14) والنصوص المتخذة لتطبيقه في هذا المجال."
)
FR_HEAD, FR_ROWS = (
    "| Code | Produit | Droit |",
    ("| 5701 | Tapis | 2,5 % |", "| 5702 | Kilims | 10 % |"),
)
AR_HEAD, AR_ROWS = (
    "| الرمز | المنتوج | الرسم |",
    ("| 5701 | الزرابي | 2,5 % |", "| 5702 | الحنابل | 10 % |"),
)
RULE = "| --- | --- | --- |"
FR_CELLS = (("Code", "Produit", "Droit"), ("5701", "Tapis", "2,5 %"), ("5702", "Kilims", "10 %"))
AR_CELLS = (
    ("الرمز", "المنتوج", "الرسم"),
    ("5701", "الزرابي", "2,5 %"),
    ("5702", "الحنابل", "10 %"),
)
FR_TABLE = "\n".join((FR_HEAD, RULE, *FR_ROWS))
AR_TABLE = "\n".join((AR_HEAD, RULE, *AR_ROWS))
FR_READ = tuple((FR_HEAD, row) for row in FR_ROWS)
AR_READ = tuple((AR_HEAD, row) for row in AR_ROWS)


def books() -> tuple[Book, ...]:
    """All that goes in, sorted by name."""
    return tuple(
        sorted(
            (*_texts(), *_pages(), *_prints(), *_words(), *_sheets()), key=lambda book: book.name
        )
    )


def _texts() -> tuple[Book, ...]:
    fr = f"# Guide de l'export\n\n{FR}\n\n## Tarif\n\n{FR_TABLE}"
    ar = f"# دليل التصدير\n\n{AR}\n\n## التعريفة\n\n{AR_TABLE}"
    note_fr, note_ar = f"Note aux exportateurs\n\n{FR}", f"مذكرة إلى المصدرين\n\n{AR}"
    return (
        Book(
            "guide.ar.md", ar.encode(), "ar", "دليل التصدير", ar, ((), ("التعريفة",)), (), AR_READ
        ),
        Book(
            "guide.fr.md", fr.encode(), "fr", "Guide de l'export", fr, ((), ("Tarif",)), (), FR_READ
        ),
        Book("note.ar.txt", note_ar.encode("utf-16"), "ar", "مذكرة إلى المصدرين", note_ar),
        Book("note.fr.txt", note_fr.encode(), "fr", "Note aux exportateurs", note_fr),
    )


# Web pages

_HTML_FR = f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">
<title>Exporter | Site</title>
<meta property="og:site_name" content="Direction du commerce">
<meta property="article:published_time" content="2025-06-11T10:00:00Z"></head><body>
<nav><a href="/">Accueil</a><a href="/b">Services</a></nav>
<main><h1>Exporter un tapis</h1><p>{FR}<br>Le délai est de <b>10&nbsp;jours</b>.</p>
<h2>Dossier</h2><p>Le dossier comprend :</p>
<ul><li>une copie du registre<ol><li>originale</li><li>certifiée</li></ol></li>
<li>la facture</li></ul>
<dl><dt>Coût</dt><dd>gratuit</dd></dl>
<h2>Tarif</h2><table><thead><tr><th rowspan="2">Code</th><th rowspan="2">Produit</th>
<th colspan="2">Droit</th></tr><tr><th>2025</th><th>2026</th></tr></thead>
<tr><td rowspan="2">5701</td><td>Tapis</td><td>2,5 %</td><td>5 %</td></tr>
<tr><td>Kilims</td><td colspan="2">10 %</td></tr></table></main>
<footer>Tous droits réservés</footer><script>var x = 1;</script></body></html>"""
_TEXT_FR = f"""# Exporter un tapis

{FR}
Le délai est de 10 jours.

## Dossier

Le dossier comprend :

- une copie du registre
◦ 1. originale
◦ 2. certifiée
- la facture

- Coût : gratuit

## Tarif

| Code | Produit | Droit – 2025 | Droit – 2026 |
| --- | --- | --- | --- |
| 5701 | Tapis | 2,5 % | 5 % |
| 5701 | Kilims | 10 % | 10 % |"""
_HEAD_FR = "| Code | Produit | Droit – 2025 | Droit – 2026 |"
_HTML_AR = f"""<html lang="ar" dir="rtl"><head><meta charset="windows-1256">
<title>الصفحة</title></head>
<body><header><ul><li><a>الرئيسية</a></li><li><a>الخدمات</a></li>
<li><a>اتصل بنا</a></li></ul></header>
<h1>تصدير الزرابي</h1><p>{AR}</p>
<table><tr><th>الرمز</th><th>المنتوج</th><th>الرسم</th></tr>
<tr><td>5701</td><td>الزرابي</td><td>2,5 %</td></tr>
<tr><td>5702</td><td>الحنابل</td><td>10 %</td></tr></table></body></html>"""
_TEXT_AR = f"# تصدير الزرابي\n\n{AR}\n\n{AR_TABLE}"


def _pages() -> tuple[Book, ...]:
    read_fr = tuple((_HEAD_FR, row) for row in _TEXT_FR.split("\n")[-2:])
    sections = ((), ("Dossier",), ("Tarif",))
    wrong = (
        f"<html><head><meta charset=iso-8859-1></head><body><h1>Avis</h1><p>{FR}</p></body></html>"
    )
    return (
        Book(
            "page.ar.html", _HTML_AR.encode("cp1256"), "ar", "تصدير الزرابي", _TEXT_AR,
            rows=AR_READ,
        ),
        Book(
            "page.fr.html", _HTML_FR.encode(), "fr", "Exporter un tapis", _TEXT_FR, sections,
            rows=read_fr,
        ),
        Book("avis.fr.htm", wrong.encode(), "fr", "Avis", f"# Avis\n\n{FR}"),
        Book("scan.pdf", wrong.encode(), "fr", "Avis", f"# Avis\n\n{FR}"),
    )  # fmt: skip


# Printed documents


def _circular(title: str, first: str, second: str, sentence: str, *, is_visual: bool) -> Printer:
    """Three pages with head and foot; the second heading stands on the last of them."""
    printer = Printer(is_visual=is_visual)
    head, foot = ("دورية الوزارة", "صفحة") if "ا" in title else ("Circulaire du ministère", "page")
    for number in (1, 2, 3):
        printer.line(head, size=8)
        if number == 1:
            printer.heading(title, 20)
            printer.heading(first)
            printer.text(sentence)
        elif number == 2:
            printer.text(sentence)
        else:
            printer.heading(second)
            arabic = head != "Circulaire du ministère"
            printer.ruled(AR_CELLS if arabic else FR_CELLS, rtl=arabic)
        printer.y = 40
        printer.at(300, f"{foot} {number}/3", size=8)
        printer.page()
    return printer


def _prints() -> tuple[Book, ...]:
    fr = _circular("Circulaire n° 12", "Objet", "Tarif", FR_LONG, is_visual=True)
    ar = _circular("دورية رقم 12 حول الواردات", "الموضوع", "التعريفة", AR_LONG, is_visual=True)
    logical = _circular(
        "دورية رقم 12 حول الواردات", "الموضوع", "التعريفة", AR_LONG, is_visual=False
    )
    pages_fr = ((1, "Circulaire du"), (2, "La présente"), (3, "## Tarif"))
    pages_ar = ((1, "دورية الوزارة"), (2, "تحدد هذه"), (3, "## التعريفة"))
    text_fr = (
        f"Circulaire du ministère\n\n# Circulaire n° 12\n\n## Objet\n\n{FR_LONG}\n\n{FR_LONG}\n\n"
        f"## Tarif\n\n{FR_TABLE}"
    )
    text_ar = (
        f"دورية الوزارة\n\n# دورية رقم 12 حول الواردات\n\n## الموضوع\n\n{AR_LONG}\n\n{AR_LONG}\n\n"
        f"## التعريفة\n\n{AR_TABLE}"
    )
    title_ar = "دورية رقم 12 حول الواردات"
    paths_ar = ((), (title_ar, "الموضوع"), (title_ar, "التعريفة"))
    paths_fr = ((), ("Circulaire n° 12", "Objet"), ("Circulaire n° 12", "Tarif"))
    return (
        Book(
            "circulaire.fr.pdf", fr.data(), "fr", "Circulaire n° 12", text_fr, paths_fr, pages_fr,
            FR_READ,
        ),
        Book("circulaire.ar.pdf", ar.data(), "ar", title_ar, text_ar, paths_ar, pages_ar, AR_READ),
        Book("dawria.pdf", logical.data(), "ar", title_ar, text_ar, paths_ar, pages_ar, AR_READ),
        _columns(),
        _aligned(),
        Book(
            "lettre.txt", _letter(), "fr", "Lettre", f"# Lettre\n\n{FR}", pages=((1, "# Lettre"),),
        ),
    )  # fmt: skip


def _letter() -> bytes:
    printer = Printer()
    printer.heading("Lettre")
    printer.text(FR)
    return printer.data()


def _columns() -> Book:
    printer = Printer()
    printer.heading("Bulletin")
    top = printer.y
    printer.text(FR_LONG, width=220)
    printer.y = top - 4
    printer.text(FR + " " + FR_LONG, width=220, x=LEFT + 250)
    text = f"# Bulletin\n\n{FR_LONG}\n\n{FR} {FR_LONG}"
    return Book(
        "bulletin.fr.pdf", printer.data(), "fr", "Bulletin", text, pages=((1, "# Bulletin"),)
    )


def _aligned() -> Book:
    printer = Printer()
    printer.heading("إحصاءات التجارة الخارجية")
    printer.text(AR_LONG)
    for row in (("السنة", "الصادرات", "الواردات"), ("2024", "455", "761"), ("2025", "469", "790")):
        printer.row((RIGHT, RIGHT - 150, RIGHT - 300), row)
    printer.y -= 20
    printer.text(AR)
    head = "| السنة | الصادرات | الواردات |"
    rows = ("| 2024 | 455 | 761 |", "| 2025 | 469 | 790 |")
    table = "\n".join((head, RULE, *rows))
    return Book(
        "ihsaat.pdf",
        printer.data(),
        "ar",
        "إحصاءات التجارة الخارجية",
        f"# إحصاءات التجارة الخارجية\n\n{AR_LONG}\n\n{table}\n\n{AR}",
        pages=((1, "# إحصاءات"),),
        rows=tuple((head, row) for row in rows),
    )


# Word


def saved(file: WordFile) -> bytes:
    """The bytes of a Word file."""
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def _form(
    title: str, lead: str, items: tuple[str, str, str], cells: tuple[tuple[str, ...], ...]
) -> bytes:
    file = docx.Document()
    file.add_heading(title, 1)
    file.add_heading(lead.rstrip(" :"), 2)
    file.add_paragraph(lead)
    file.add_paragraph(items[0], style="List Bullet")
    file.add_paragraph(items[1], style="List Bullet 2")
    file.add_paragraph(items[2], style="List Number")
    table = file.add_table(len(cells), len(cells[0]))
    for at, row in enumerate(cells):
        for column, words in enumerate(row):
            table.cell(at, column).text = words
    return saved(file)


def _words() -> tuple[Book, ...]:
    fr = _form(
        "Formulaire", "Pièces à fournir :", ("le registre", "certifié", "la facture"), FR_CELLS
    )
    ar = _form(
        "استمارة", "الوثائق المطلوبة :", ("السجل التجاري", "مصادق عليه", "الفاتورة"), AR_CELLS
    )
    merged = docx.Document()
    merged.add_paragraph().add_run("Tarif des droits").bold = True
    table = merged.add_table(3, 3)
    for at, row in enumerate(
        (("Code", "Produit", "Droit"), ("57", "Tapis", "2,5 %"), ("", "Kilims", ""))
    ):
        for column, words in enumerate(row):
            table.cell(at, column).text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(2, 1).merge(table.cell(2, 2))
    head = "| Code | Produit | Droit |"
    rows = ("| 57 | Tapis | 2,5 % |", "| 57 | Kilims | Kilims |")
    text = "\n".join(("##### Tarif des droits", "", head, RULE, *rows))
    return (
        Book(
            "formulaire.fr.docx", fr, "fr", "Formulaire",
            "# Formulaire\n\n## Pièces à fournir\n\nPièces à fournir :\n\n- le registre\n"
            f"◦ certifié\n\n1. la facture\n\n{FR_TABLE}",
            (("Pièces à fournir",),), rows=FR_READ,
        ),
        Book(
            "istimara.docx", ar, "ar", "استمارة",
            "# استمارة\n\n## الوثائق المطلوبة\n\nالوثائق المطلوبة :\n\n- السجل التجاري\n"
            f"◦ مصادق عليه\n\n1. الفاتورة\n\n{AR_TABLE}",
            (("الوثائق المطلوبة",),), rows=AR_READ,
        ),
        Book(
            "tarif.docx", saved(merged), "fr", "Tarif des droits", text,
            rows=tuple((head, row) for row in rows),
        ),
    )  # fmt: skip


# Tables and records


def _workbook(name: str, cells: tuple[tuple[str, ...], ...]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = name
    for row in cells:
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sheets() -> tuple[Book, ...]:
    csv_fr = "\n".join(";".join(row) for row in FR_CELLS)
    csv_ar = "\n".join(";".join(row) for row in AR_CELLS)
    return (
        Book(
            "droits.fr.xlsx", _workbook("Droits", FR_CELLS), "fr", "droits.fr",
            f"# droits.fr\n\n## Droits\n\n{FR_TABLE}", (("Droits",),), rows=FR_READ,
        ),
        Book(
            "rusum.xlsx", _workbook("الرسوم", AR_CELLS), "ar", "rusum",
            f"# rusum\n\n## الرسوم\n\n{AR_TABLE}", (("الرسوم",),), rows=AR_READ,
        ),
        Book(
            "droits.fr.csv", csv_fr.encode(), "fr", "droits.fr", f"# droits.fr\n\n{FR_TABLE}",
            rows=FR_READ,
        ),
        Book(
            "rusum.csv", csv_ar.encode(), "ar", "rusum", f"# rusum\n\n{AR_TABLE}", rows=AR_READ,
        ),
        _record("loi.jsonl", "fr", "Loi n° 91-14", FR),
        _record("qanun.jsonl", "ar", "القانون رقم 91.14", AR),
    )  # fmt: skip


def _record(name: str, language: str, title: str, words: str) -> Book:
    line = {"id": name, "lang": language, "title": title, "text": words}
    return Book(name, json.dumps(line).encode(), language, title, f"# {title}\n\n{words}")
