"""Charset: the letters of a text or a page: as its mark, its bytes or its page declares them.

Pages lie about their encoding without meaning to: a server is moved, a template copied; text and
CSV files declare none. A wrong guess garbles every Arabic word, so that one is made only among the
encodings in which Moroccan offices wrote, and only where a single one gives words.
"""

import codecs
import re
from dataclasses import dataclass

from ingest.errors import ExtractError
from ingest.load import RawFile


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and whether its encoding is stated or proves itself; otherwise it was guessed."""

    text: str
    is_sure: bool = True

    @property
    def guessed(self) -> tuple[str, ...]:
        """The field that a document names as guessed."""
        return () if self.is_sure else ("encoding",)


def decode_text(raw: RawFile) -> Decoded:
    """The text of a file that declares no encoding: by its mark, as UTF-8 if it is, else guessed.

    Null bytes are those of UTF-16 where that gives words, and damage elsewhere. Raises
    `ExtractError` when nothing fits.
    """
    marked = _marked(raw)
    if marked is not None:
        return _whole(raw, marked)
    wide = _wide(raw.data)
    if wide is not None:
        return Decoded(wide, is_sure=False)
    try:
        return _whole(raw, raw.data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return _guessed(raw, error.start, f"is not UTF-8 text (byte {error.start})")


def decode_markup(raw: RawFile) -> Decoded:
    """The text of a page: by its mark, as UTF-8 if it is, as it declares, else guessed.

    Null bytes are those of UTF-16 where that gives words, and strays elsewhere. Bytes beyond ASCII
    that are valid UTF-8 are nothing else by accident, whatever is declared. Raises `ExtractError`
    when nothing fits.
    """
    marked = _marked(raw)
    if marked is not None:
        return Decoded(marked)
    wide = _wide(raw.data)
    if wide is not None:
        return Decoded(wide, is_sure=False)
    declared = _declared(raw.data)
    try:
        return Decoded(raw.data.decode("utf-8"))
    except UnicodeDecodeError as error:
        broken = error.start
    text = _as_declared(raw.data, declared) if declared else None
    if text is not None:
        return Decoded(text)
    says = f"declares {declared}, which gives no words" if declared else "declares no encoding"
    return _guessed(raw, broken, says)


MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""By what a text begins that says how it is encoded; that of UTF-32 begins with that of UTF-16."""
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE
)
_LATIN = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252"}
"""As browsers do: who declares Latin-1 writes Windows quotes and dashes."""
_READ = 4096


def _marked(raw: RawFile) -> str | None:
    """The text as its first bytes say that it is encoded, None if they say nothing."""
    for mark, encoding in MARKS:
        if raw.data.startswith(mark):
            try:
                return raw.data.decode(encoding)
            except UnicodeDecodeError as error:
                raise ExtractError(
                    f"{raw.id} begins as {encoding} and goes on otherwise (byte {error.start}); "
                    "save it again as UTF-8"
                ) from error
    return None


def _whole(raw: RawFile, text: str) -> Decoded:
    at = text.find("\0")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        raise ExtractError(
            f"{raw.id}:{line} holds a null byte, which no text does: the file is damaged or no "
            "text; fetch it again, or open it, look at that line and save it as UTF-8"
        )
    return Decoded(text)


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:_READ])
    return found[1].decode("ascii").lower() if found else None


def _as_declared(data: bytes, name: str) -> str | None:
    """The text in an encoding that gives words; bytes in which it could be read are not UTF-16."""
    if name.startswith(("utf", "unicode")):
        return None
    try:
        text = data.decode(_LATIN.get(name, name))
    except (LookupError, UnicodeError):
        return None
    return None if _is_garbled(text) else text


_TAG = re.compile(r"<[^>]*>")
_MIXED = re.compile("[ء-ي][A-Za-zÀ-ÿ]|[A-Za-zÀ-ÿ][ء-ي]")
_BROKEN = re.compile(f"[\u00c0-\u00ff]{{3,}}|{_MIXED.pattern}")


def _is_garbled(text: str) -> bool:
    """Whether letters follow each other as in no language: Arabic bytes read as something else."""
    words = _TAG.sub(" ", text).split()
    broken = sum(1 for word in words if _BROKEN.search(word))
    return broken > 3 and 10 * broken > len(words)


_WORD = re.compile(r"[^\W\d_]+")
_CONTROL = re.compile(r"[\0-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_FITTING = (
    ("cp1256", re.compile("[ء-ي]"), re.compile("[ء-ي]{2,}")),
    ("cp1252", re.compile("[À-ÿŒœ]"), re.compile("(?<![À-ÿ])[À-ÿŒœ](?![À-ÿ])")),
)
"""Encodings, the letters by which each is known, and those of them that stand as in words."""
_WIDE = ("utf-16-le", "utf-16-be")
_WRITTEN = re.compile(
    r"[\n\r\t -~\u00a0-\u017f\u060c-\u06f9\u200c-\u2022\u2026\u2039\u203a\u20ac\u2116\u2122"
    r"\u2d30-\u2d6f\ufb50-\ufdff\ufe70-\ufefc]"
)
"""What our languages write with; bytes taken in the wrong order, or in pairs, give other signs."""
_CLEAR = 0.9
_FEW = 3


def _wide(data: bytes) -> str | None:
    """The text if its null bytes are halves of letters: read in pairs, they leave nothing else."""
    if b"\0" not in data:
        return None
    for encoding in _WIDE:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text) is None and sum(1 for _ in _WRITTEN.finditer(text)) >= (
            _NEARLY * len(text)
        ):
            return text
    return None


_NEARLY = 0.98


def _guessed(raw: RawFile, broken: int, says: str) -> Decoded:
    """The text in the encoding that gives words; the bytes at `broken` are not UTF-8."""
    line = raw.data.count(b"\n", 0, broken) + 1
    if _is_damaged(raw.data):
        raise ExtractError(
            f"{raw.id}:{line} holds bytes that are not UTF-8 (byte {broken}), as the rest of the "
            "file is: it is damaged or cut off; fetch it again, or put that line right"
        )
    text = _fitting(raw.data)
    if text is None:
        raise ExtractError(
            f"{raw.id}:{line} {says}, and is not clearly Windows Arabic or French; "
            "save the file as UTF-8, for instance with `iconv -f WINDOWS-1256 -t UTF-8` for older "
            "Arabic files"
        )
    return Decoded(text, is_sure=False)


def _is_damaged(data: bytes) -> bool:
    """Whether it is UTF-8 but for some bytes: in no other encoding do so many fit by chance."""
    read = data.decode("utf-8", "replace")
    wrong = read.count("\ufffd")
    return sum(1 for sign in read if sign > "\x7f") - wrong > wrong


def _fitting(data: bytes) -> str | None:
    """The text in the first encoding in which its letters make words of one language each."""
    if b"\0" in data:
        return None
    for encoding, letter, fitting in _FITTING:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_clear(_TAG.sub(" ", text), letter, fitting):
            return text
    return None


def _is_clear(text: str, letter: re.Pattern[str], fitting: re.Pattern[str]) -> bool:
    """Whether a text is some words at least, without controls, its letters where they belong."""
    words = _WORD.findall(text)
    if len(words) < _FEW or _CONTROL.search(text):
        return False
    letters = sum(1 for _ in letter.finditer(text))
    right = sum(len(run) for run in fitting.findall(text))
    mixed = sum(1 for word in words if _MIXED.search(word))
    return letters > 0 and right >= _CLEAR * letters and mixed <= (1 - _CLEAR) * len(words)
