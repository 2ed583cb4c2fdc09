"""Program: text for machines that was pasted where a question belongs."""

import re

_SEGMENT = re.compile(r"[;\n]")
_STATEMENT = re.compile(
    r"^\s*select\s+(?:\*|\w+(?:\s*,\s*\w+)*)\s+from\s+\w+|^\s*(?:insert\s+into|delete\s+from)\b"
    r"|\bdrop\s+table\b|\bunion\s+select\b"
    r"|\bupdate\b.+\bset\b.+=|\bor\s+['\"]?1['\"]?\s*=\s*['\"]?1"
    r"|\b(?:def|function|class)\s+\w+\s*[(:{]|^\s*(?:import|return|var|let|const)\s+\w+[^?؟]*$"
    r"|^\s*[\w.$]+\(.*\)\s*$|^\s*#include\b|<\?php|=>|^\s*[{\[].*[}\]]\s*$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_LEAST_WORDS = 3


def is_program(text: str) -> bool:
    """Whether a text is SQL, code or data, with no more than a few words beside it.

    Searched, its words would find something as any words do, and an answer to it would be chance.
    A question that comes with a piece of code is a question.
    """
    segments = _SEGMENT.split(text)
    plain = [segment for segment in segments if not _STATEMENT.search(segment)]
    if len(plain) == len(segments):
        return False
    return len(_WORD.findall(" ".join(plain))) < _LEAST_WORDS
