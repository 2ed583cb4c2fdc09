"""Contact lines: telephone, fax and mail lines as pages and letters show them."""

import re

_LABELS = {
    "phone": r"t[eé]l(?:[eé]phone)?s?|telephones?|phones?|gsm|mobiles?|portable|standard"
    r"|(?:ال)?(?:هاتف|نقال|محمول)|رقم (?:ال)?هاتف",
    "fax": r"fax|t[eé]l[eé]copie|(?:ال)?فاكس",
    "email": r"e-?mail|mail|courriel|(?:ال)?بريد (?:ال)?[إا]لكتروني",
}
_PHONE = r"[+(]?\d[\d\s().+/-]{5,}"
_VALUE = rf"(?:{_PHONE}|[\w.+-]{{1,64}}@[\w.-]{{3,255}})"
_ENTRY = (
    rf"(?:{'|'.join(f'(?P<{kind}>{words})' for kind, words in _LABELS.items())})\s*\.?\s*[:：]?\s*"
)
_LINE = re.compile(rf"(?:[-*•]\s*)?{_ENTRY}(?P<value>{_VALUE})\W*", re.IGNORECASE)
_PAIR = re.compile(
    rf"(?:[-*•]\s*)?{_ENTRY}{_PHONE}\s*[-/|،,;]?\s*(?:fax|(?:ال)?فاكس|t[eé]l[eé]copie)"
    rf"\s*\.?\s*[:：]?\s*{_PHONE}\W*",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?:[-*•]\s*)?(?=[+(]*[0٠]|\+|212|٢١٢)[+(]*[\d٠-٩](?:[ .()-]{0,2}[\d٠-٩]){8,13}\s*"
)


def contact_kinds(line: str) -> frozenset[str]:
    """Which of phone, fax and email a line gives and nothing else; empty for any other line."""
    stripped = line.strip()
    if len(stripped) > 300:
        return frozenset()
    if _PAIR.fullmatch(stripped):
        return frozenset({"phone", "fax"})
    match = _LINE.fullmatch(stripped)
    if match:
        return frozenset(kind for kind in _LABELS if match[kind])
    return frozenset({"phone"}) if _BARE.fullmatch(stripped) else frozenset()


def is_contact_line(line: str) -> bool:
    """Whether a line holds a contact point and nothing that says whose it is."""
    return bool(contact_kinds(line))
