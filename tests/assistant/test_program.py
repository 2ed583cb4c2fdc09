"""Text for machines is told from questions, also from those that speak of it."""

import pytest

from assistant.program import is_program


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM users; DROP TABLE passages;--",
        "'; DROP TABLE documents; -- SELECT * FROM users",
        "' OR 1=1 --",
        "1; delete from documents",
        "def f(x):\n    return x + 1\nprint(f(2))",
        "import os\nos.system('ls')",
        '{"question": "x", "k": [1, 2]}',
        "<?php echo 1; ?>",
        "alert(document.cookie)",
        "SELECT name, email FROM users WHERE id = 1",
        "const f = (x) => x + 1",
        "class Foo(Bar):\n    pass",
        "function f(x) { return x }",
        "[1, 2, 3]",
    ],
)
def test_a_program_is_one(text: str) -> None:
    assert is_program(text)


@pytest.mark.parametrize(
    "text",
    [
        "Quels documents pour importer ?",
        "How do I select a forwarder from the list?",
        "Can we import; and what must we update?",
        "Comment remplir la case (31) [colis] de la DUM ?",
        "ما هي الوثائق (الأصلية) المطلوبة؟",
        "شنو كنكتب ف [الخانة 31]؟",
        "SELECT * FROM tariff; quel est le droit de douane sur le miel au Maroc ?",
        "2106.90",
        "import voiture d'occasion au Maroc",
        "import textile Chine documents",
        "Return of goods after sale",
        "Let us export argan oil to Canada",
        "goods class 3: flammable liquids, which documents",
        "dangerous goods class 3 (flammable) export rules",
        "Maroc => Sénégal, quels documents ?",
        "المغرب => السنغال، ما هي الوثائق؟",
        "[Quels documents pour exporter ?]",
        "Certificat(s) d'origine pour le Canada (AECG)",
        "Select suppliers from Morocco: which documents are needed?",
    ],
)
def test_a_question_is_none(text: str) -> None:
    assert not is_program(text)
