"""A small sound corpus in three languages, for tests to break one thing at a time."""

from pathlib import Path

SOURCES = """
meeting-2025:
  publisher: Gazette du port
  title: Réunion de suivi : le programme
  url: https://exemple.ma/reunion
  date: 2025-06
  language: fr
  tier: press
  dated_by: inferred
parliament-2025:
  publisher: Feuille des élus
  title: Questions orales
  url: null
  date: null
  language: ar
  tier: press
  dated_by: none
"""
DIRECTORY = """
bodies:
  - id: trade-office
    names: {fr: Bureau du commerce, ar: مكتب التجارة, en: Trade office}
    aliases: [BC]
    purpose:
      fr: Oriente les exportateurs.
      ar: يوجه المصدرين.
      en: Guides exporters.
    topics: [trade-programme]
    contacts:
      - {kind: phone, value: "0537000001", source: meeting-2025}
unattributed:
  - {value: "0537000009", kind: phone, source: meeting-2025, why: no heading above it}
"""
HEAD = """---
id: targets
lang: {lang}
title: {title}
kind: fact
topics: [trade-programme]
sectors: []
regions: []
as_of: 2025-07-01
valid_from: 2025-05-28
valid_to:
contact: trade-office
questions:
  - {question}
conflicts:
  - id: extra-exports
    subject: {subject}
    positions:
      - {{value: {low}, statements: [exports-80]}}
      - {{value: {high}, statements: [exports-84]}}
---
"""
GUIDE = """---
id: guide
lang: {language}
title: G
kind: procedure
topics: [trade-programme]
as_of: 2025-07-01
questions: [Question]
---
## S {{#steps}}

- Mot. {{#overview src=meeting-2025}}
1. {{#aim from={address}}}
"""
"""With its language, and the address of the statement that it takes from another sheet."""

FRENCH = (
    HEAD.format(
        lang="fr",
        title="Programme 2025-2027 : les objectifs",
        question="Combien d'entreprises : lesquelles ?",
        subject="Exportations supplémentaires",
        low="80 milliards de dirhams",
        high="84 milliards de dirhams",
    )
    + """## Les objectifs {#targets}

- Le programme vise 400 nouvelles entreprises par an. {#new-exporters src=meeting-2025}
- La réunion du 11 juin 2025 parle de 80 milliards de dirhams. {#exports-80 src=meeting-2025}
1. Les élus ont entendu 84 milliards de dirhams. {#exports-84 src=parliament-2025,meeting-2025}

## Les inconnues {#unknown}

Le bureau répond au 0537000001. {#phone src=meeting-2025 until=2027-12-31}
Les sources ne donnent pas les conditions. {#conditions src=meeting-2025 status=unknown}
"""
)
ARABIC = (
    HEAD.format(
        lang="ar",
        title="برنامج 2025-2027: الأهداف",
        question="كم عدد المقاولات؟",
        subject="الصادرات الإضافية",
        low="80 مليار درهم",
        high="84 مليار درهم",
    )
    + """## الأهداف {#targets}

- يستهدف البرنامج 400 مقاولة جديدة كل سنة. {#new-exporters src=meeting-2025}
- تحدث اجتماع 11 يونيو 2025 عن 80 مليار درهم. {#exports-80 src=meeting-2025}
1. سمع النواب رقم 84 مليار درهم. {#exports-84 src=parliament-2025,meeting-2025}

## المجهول {#unknown}

يجيب المكتب على الرقم 0537000001. {#phone src=meeting-2025 until=2027-12-31}
لا تذكر المصادر الشروط. {#conditions src=meeting-2025 status=unknown}
"""
)
ENGLISH = (
    HEAD.format(
        lang="en",
        title="Programme 2025-2027: the targets",
        question="How many companies?",
        subject="Additional exports",
        low="80 billion dirhams",
        high="84 billion dirhams",
    )
    + """## The targets {#targets}

- The programme aims at 400 new companies a year. {#new-exporters src=meeting-2025}
- The meeting of 11 June 2025 speaks of 80 billion dirhams. {#exports-80 src=meeting-2025}
1. Members heard 84 billion dirhams. {#exports-84 src=parliament-2025,meeting-2025}

## The unknowns {#unknown}

The office answers on +212 537 000 001. {#phone src=meeting-2025 until=2027-12-31}
The sources do not give the conditions. {#conditions src=meeting-2025 status=unknown}
"""
)


def write_corpus(folder: Path) -> Path:
    """Write the corpus into `folder` and return it."""
    sheets = folder / "sheets" / "trade-programme"
    sheets.mkdir(parents=True)
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (folder / "directory.yaml").write_text(DIRECTORY, encoding="utf-8")
    for language, text in (("fr", FRENCH), ("ar", ARABIC), ("en", ENGLISH)):
        (sheets / f"targets.{language}.md").write_text(text, encoding="utf-8")
    return folder
