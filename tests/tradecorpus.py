"""A small trilingual corpus: a conflict, a gap, a contact, a plan, and something out of date.

Everything in it is made up, so that no test can pass by knowing the real corpus.
"""

from pathlib import Path

SOURCES = """
saffron-board-2026:
  publisher: Office du safran
  title: Programme safran
  url: https://safran.exemple.ma/programme
  date: 2026-03-02
  language: fr
  tier: official
  dated_by: stated
valley-press-2026:
  publisher: Journal de la vallée
  title: Le programme vu d'ici
  url: null
  date: null
  language: ar
  tier: press
  dated_by: none
olive-guide-2025:
  publisher: Guichet des huiles
  title: Guide du permis
  url: https://huiles.exemple.ma/permis
  date: 2025-09
  language: fr
  tier: official
  dated_by: inferred
"""

DIRECTORY = """
bodies:
  - id: carpet-desk
    names: {fr: Guichet du tapis, ar: شباك الزرابي, en: Carpet desk}
    aliases: [GT]
    purpose:
      fr: Renseigne sur les tapis exportés.
      ar: يرشد بشأن الزرابي المصدرة.
      en: Informs about exported carpets.
    contacts:
      - {kind: phone, value: "0537000111", source: olive-guide-2025}
  - id: regional-offices
    names: {fr: Bureaux régionaux, ar: المكاتب الجهوية, en: Regional offices}
    aliases: [BR]
    purpose:
      fr: Orientent les exportateurs.
      ar: توجه المصدرين.
      en: Guide exporters.
    contacts: []
  - id: customs
    names: {fr: Douane, ar: الجمارك, en: Customs}
    aliases: [ADII]
    purpose:
      fr: Perçoit les droits.
      ar: تستخلص الرسوم.
      en: Collects duties.
    contacts: []
unattributed:
  - {value: "0537000999", kind: phone, source: valley-press-2026, why: no heading above it}
"""

_SAFFRON_HEAD = """---
id: saffron-programme
lang: {lang}
title: {title}
kind: fact
topics: [trade-programme]
sectors: [saffron]
regions: []
as_of: 2026-04-01
contact: regional-offices
questions:
  - {question}
  - {other}
conflicts:
  - id: extra-sales
    subject: {subject}
    positions:
      - {{value: {low}, statements: [sales-12]}}
      - {{value: {high}, statements: [sales-15]}}
---
"""
_OLIVE_HEAD = """---
id: olive-permit
lang: {lang}
title: {title}
kind: procedure
topics: [permits]
sectors: [olive-oil]
regions: []
as_of: 2026-04-01
contact: carpet-desk
questions:
  - {question}
  - {other}
---
"""
_CARPET_HEAD = """---
id: carpet-desk
lang: {lang}
title: {title}
kind: fact
topics: [institutions]
sectors: [carpets]
regions: []
as_of: 2026-04-01
contact: carpet-desk
questions:
  - {question}
  - {other}
---
"""

SHEETS = {
    "saffron-programme.fr": _SAFFRON_HEAD.format(
        lang="fr",
        title="Le programme safran",
        question="Combien de coopératives le programme safran accueille-t-il ?",
        other="Quelles ventes de safran le programme vise-t-il ?",
        subject="Ventes de safran visées",
        low="12 millions de dirhams",
        high="15 millions de dirhams",
    )
    + """## Les chiffres {#figures}

- Le programme safran accueille 250 coopératives chaque année. {#cooperatives src=saffron-board-2026}
- L'office du safran vise des ventes de safran de 12 millions de dirhams. {#sales-12 src=saffron-board-2026}
- Le journal de la vallée annonce des ventes de safran de 15 millions de dirhams. {#sales-15 src=valley-press-2026}

## La suite {#next}

- Une foire du safran est prévue à Taliouine le 14 mars 2027. {#fair src=saffron-board-2026 status=announced}
- La cotisation au programme safran était de 300 dirhams en 2024. {#old-fee src=saffron-board-2026 status=superseded}
- Les sources ne précisent pas le salaire des cueilleuses de safran. {#wages src=saffron-board-2026 status=unknown}
""",
    "saffron-programme.ar": _SAFFRON_HEAD.format(
        lang="ar",
        title="برنامج الزعفران",
        question="كم عدد التعاونيات التي يستقبلها برنامج الزعفران؟",
        other="ما هي مبيعات الزعفران التي يستهدفها البرنامج؟",
        subject="مبيعات الزعفران المستهدفة",
        low="12 مليون درهم",
        high="15 مليون درهم",
    )
    + """## الأرقام {#figures}

- يستقبل برنامج الزعفران 250 تعاونية كل سنة. {#cooperatives src=saffron-board-2026}
- يستهدف مكتب الزعفران مبيعات للزعفران بقيمة 12 مليون درهم. {#sales-12 src=saffron-board-2026}
- تتحدث جريدة الوادي عن مبيعات للزعفران بقيمة 15 مليون درهم. {#sales-15 src=valley-press-2026}

## ما سيأتي {#next}

- من المقرر تنظيم معرض للزعفران في تالوين يوم 14 مارس 2027. {#fair src=saffron-board-2026 status=announced}
- كانت مساهمة الانخراط في برنامج الزعفران 300 درهم في 2024. {#old-fee src=saffron-board-2026 status=superseded}
- لا تحدد المصادر أجر جانيات الزعفران. {#wages src=saffron-board-2026 status=unknown}
""",
    "saffron-programme.en": _SAFFRON_HEAD.format(
        lang="en",
        title="The saffron programme",
        question="How many cooperatives does the saffron programme take in?",
        other="Which saffron sales does the programme aim at?",
        subject="Saffron sales aimed at",
        low="12 million dirhams",
        high="15 million dirhams",
    )
    + """## The figures {#figures}

- The saffron programme takes in 250 cooperatives each year. {#cooperatives src=saffron-board-2026}
- The saffron board aims at saffron sales of 12 million dirhams. {#sales-12 src=saffron-board-2026}
- The valley paper speaks of saffron sales of 15 million dirhams. {#sales-15 src=valley-press-2026}

## What follows {#next}

- A saffron fair is planned in Taliouine on 14 March 2027. {#fair src=saffron-board-2026 status=announced}
- The saffron programme's membership fee was 300 dirhams in 2024. {#old-fee src=saffron-board-2026 status=superseded}
- The sources do not tell the wage of saffron pickers. {#wages src=saffron-board-2026 status=unknown}
""",
    "olive-permit.fr": _OLIVE_HEAD.format(
        lang="fr",
        title="Le permis d'huile d'olive",
        question="Quel est le délai du permis d'huile d'olive ?",
        other="Le permis d'huile d'olive est-il exigé pour les petits envois ?",
    )
    + """## Les étapes {#steps}

1. Le producteur dépose le formulaire D-12 sur huiles.exemple.ma. {#form src=olive-guide-2025}
2. Le permis d'huile d'olive est délivré sous 10 jours. {#delay src=olive-guide-2025}
3. Le permis d'huile d'olive coûte 450 dirhams. {#cost src=olive-guide-2025}
4. Le permis d'huile d'olive n'est pas exigé pour un envoi de moins de 5 kg. {#small src=olive-guide-2025}
""",
    "olive-permit.ar": _OLIVE_HEAD.format(
        lang="ar",
        title="رخصة زيت الزيتون",
        question="ما هو أجل رخصة زيت الزيتون؟",
        other="هل رخصة زيت الزيتون مطلوبة للإرساليات الصغيرة؟",
    )
    + """## المراحل {#steps}

1. يودع المنتج الاستمارة D-12 على huiles.exemple.ma. {#form src=olive-guide-2025}
2. تسلم رخصة زيت الزيتون داخل 10 أيام. {#delay src=olive-guide-2025}
3. تكلف رخصة زيت الزيتون 450 درهما. {#cost src=olive-guide-2025}
4. لا تطلب رخصة زيت الزيتون لإرسالية يقل وزنها عن 5 كيلوغرامات. {#small src=olive-guide-2025}
""",
    "olive-permit.en": _OLIVE_HEAD.format(
        lang="en",
        title="The olive oil permit",
        question="How long does the olive oil permit take?",
        other="Is the olive oil permit required for small parcels?",
    )
    + """## The steps {#steps}

1. The producer files form D-12 on huiles.exemple.ma. {#form src=olive-guide-2025}
2. The olive oil permit is issued within 10 days. {#delay src=olive-guide-2025}
3. The olive oil permit costs 450 dirhams. {#cost src=olive-guide-2025}
4. The olive oil permit is not required for a parcel under 5 kg. {#small src=olive-guide-2025}
""",
    "carpet-desk.fr": _CARPET_HEAD.format(
        lang="fr",
        title="Le guichet du tapis",
        question="Quel est le téléphone du guichet du tapis ?",
        other="Que fait le guichet du tapis ?",
    )
    + """## Joindre le guichet {#reach}

- Le téléphone du guichet du tapis est le 0537000111. {#phone src=olive-guide-2025}
- Le guichet du tapis examine les tapis noués main. {#task src=olive-guide-2025}
""",
    "carpet-desk.ar": _CARPET_HEAD.format(
        lang="ar",
        title="شباك الزرابي",
        question="ما هو هاتف شباك الزرابي؟",
        other="ماذا يفعل شباك الزرابي؟",
    )
    + """## الاتصال بالشباك {#reach}

- هاتف شباك الزرابي هو 0537000111. {#phone src=olive-guide-2025}
- يفحص شباك الزرابي الزرابي المعقودة باليد. {#task src=olive-guide-2025}
""",
    "carpet-desk.en": _CARPET_HEAD.format(
        lang="en",
        title="The carpet desk",
        question="What is the phone number of the carpet desk?",
        other="What does the carpet desk do?",
    )
    + """## Reaching the desk {#reach}

- The phone number of the carpet desk is 0537000111. {#phone src=olive-guide-2025}
- The carpet desk examines hand-knotted carpets. {#task src=olive-guide-2025}
""",
}


def write_trade_corpus(folder: Path) -> Path:
    """Write the corpus into `folder` and return it."""
    sheets = folder / "sheets" / "trade"
    sheets.mkdir(parents=True)
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (folder / "directory.yaml").write_text(DIRECTORY, encoding="utf-8")
    for name, text in SHEETS.items():
        (sheets / f"{name}.md").write_text(text, encoding="utf-8")
    return folder
