"""What the small corpus does not know, and a sheet about it as somebody would write it."""

from collections.abc import Mapping
from pathlib import Path

from ingest.draft import SOURCE

UNKNOWN = {
    "fr": "Quel est le plafond d'exportation de la truffe du désert ?",
    "ar": "ما هو سقف تصدير ترفاس الصحراء؟",
    "en": "What is the export ceiling for desert truffles?",
}
OTHERWISE = {
    "fr": "Plafond d'exportation pour la truffe du désert, quel est-il ?",
}
"""The same in other words."""

_STATEMENTS = {
    "fr": "Le plafond d'exportation de la truffe du désert est de 40 tonnes par campagne.",
    "ar": "سقف تصدير ترفاس الصحراء هو 40 طنا في كل موسم.",
    "en": "The export ceiling for desert truffles is 40 tonnes a season.",
}
_TITLES = {
    "fr": "La truffe du désert : plafond d'exportation",
    "ar": "ترفاس الصحراء: سقف التصدير",
    "en": "Desert truffles: the export ceiling",
}


def write_sheet(corpus: Path, files: Mapping[str, str]) -> None:
    """Write the statements of a draft where they are to be written, and put it into a corpus."""
    folder = corpus / "sheets" / "truffles"
    folder.mkdir(parents=True)
    for name, text in files.items():
        language = name.split(".")[-2]
        lines = [_written(line, language, text) for line in text.splitlines()]
        (folder / name).write_text("".join(lines), encoding="utf-8")


def _written(line: str, language: str, text: str) -> str:
    """A line of the draft as its writer leaves it; "" for one that goes."""
    if line.startswith("title:"):
        return f'title: "{_TITLES[language]}"\n'
    if "{#answer-1" in line:
        return f"- {_STATEMENTS[language]} {{#answer-1 src=olive-guide-2025}}\n"
    if "{#unknown" in line or line.startswith("contact"):
        return ""
    if line == "questions:" and "  - " not in text:
        return f"questions:\n  - {UNKNOWN[language]}\n"
    return line.replace(f"[{SOURCE}]", "[truffles]") + "\n"
