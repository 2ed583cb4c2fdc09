"""Text for machines is told from questions, also from those that speak of it."""

import pytest

from assistant.program import is_program


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM users; DROP TABLE passages;--",
        "' OR 1=1 --",
        "1; delete from documents",
        "def f(x):\n    return x + 1\nprint(f(2))",
        "import os\nos.system('ls')",
        '{"question": "x", "k": [1, 2]}',
        "<?php echo 1; ?>",
        "alert(document.cookie)",
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
    ],
)
def test_a_question_is_none(text: str) -> None:
    assert not is_program(text)
