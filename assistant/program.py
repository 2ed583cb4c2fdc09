"""Program: text for machines that was pasted where a question belongs."""

import re

_SEGMENT = re.compile(r"[;\n]")
_STATEMENT = re.compile(
    r"""
      ^\s*(?:--\s*)?select\s+(?:\*|\w+(?:\s*,\s*\w+)*)\s+from\s+\w+\s*(?:$|where\b|order\b|limit\b|join\b)
    | ^\s*(?:insert\s+into|delete\s+from)\b | \bdrop\s+table\b | \bunion\s+select\b
    | \bupdate\b.+\bset\b.+= | \bor\s+['"]?1['"]?\s*=\s*['"]?1
    | \bdef\s+\w+\( | \bfunction\s*\w*\([^()]*\) | =>\s*\{ | ^\s*(?:var|let|const)\s+\w+\s*=
    | \bclass\s+[^\W\d]\w*\s*(?:\{|(?:\([\w.,\s]*\))?\s*:\s*$) | ^\s*\#include\b | <\?php
    | ^\s*[a-z_$][a-z\d_.$]*\((?:[^()'"]|'[^']*'|"[^"]*"|\([^()]*\))*\)\s*$
    | ^\s*\{\s*["'].*\}\s*$ | ^\s*\[(?:\s*["'\[{].*|[\d\s.,-]*)\]\s*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_LEAST_WORDS = 3


def is_program(text: str) -> bool:
    """Whether a text is SQL, code or data, with no more than a few words beside it.

    Searched, its words would find something as any words do, and an answer to it would be chance.
    A question that comes with a piece of code is a question, and so is one in words that a program
    shares with trade: «import voiture», "class 3:", "EUR.1 => when?".
    """
    segments = _SEGMENT.split(text)
    plain = [segment for segment in segments if not _STATEMENT.search(segment)]
    if len(plain) == len(segments):
        return False
    return len(_WORD.findall(" ".join(plain))) < _LEAST_WORDS
