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

    Raises `ExtractError` when nothing fits.
    """
    marked = _marked(raw)
    if marked is not None:
        return _whole(raw, marked)
    try:
        text = raw.data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _guessed(raw, f"is not UTF-8 text (byte {error.start})")
    return _guessed(raw, "holds null bytes") if "\0" in text else Decoded(text)


def decode_markup(raw: RawFile) -> Decoded:
    """The text of a page: by its mark, as UTF-8 if it is, as it declares, else guessed.

    Null bytes are those of UTF-16 where that gives words, and strays elsewhere. Bytes beyond ASCII
    that are valid UTF-8 are nothing else by accident, whatever is declared. Raises `ExtractError`
    when nothing fits.
    """
    marked = _marked(raw)
    if marked is not None:
        return Decoded(marked)
    wide = _fitting(raw.data) if b"\0" in raw.data else None
    if wide is not None:
        return Decoded(wide, is_sure=False)
    declared = _declared(raw.data)
    try:
        return Decoded(raw.data.decode("utf-8"))
    except UnicodeDecodeError:
        text = _as_declared(raw.data, declared) if declared else None
    if text is not None:
        return Decoded(text)
    says = f"declares {declared}, which gives no words" if declared else "declares no encoding"
    return _guessed(raw, says)


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE
)
_LATIN = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252"}
"""As browsers do: who declares Latin-1 writes Windows quotes and dashes."""
_READ = 4096


def _marked(raw: RawFile) -> str | None:
    """The text as its first bytes say that it is encoded, None if they say nothing."""
    for mark, encoding in _MARKS:
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
    if "\0" in text:
        raise ExtractError(f"{raw.id} holds null bytes; it is not a text file")
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
_WIDE = tuple(
    (name, re.compile(r"[^\W\d_]"), re.compile("[A-Za-zÀ-ÿŒœء-ي]"))
    for name in ("utf-16-le", "utf-16-be")
)
_CLEAR = 0.9
_FEW = 3


def _guessed(raw: RawFile, says: str) -> Decoded:
    text = _fitting(raw.data)
    if text is None:
        raise ExtractError(
            f"{raw.id} {says}, and is not clearly Windows Arabic or French; save it as UTF-8, for "
            "instance with `iconv -f WINDOWS-1256 -t UTF-8` for older Arabic files"
        )
    return Decoded(text, is_sure=False)


def _fitting(data: bytes) -> str | None:
    """The text in the first encoding in which its letters make words of one language each."""
    for encoding, letter, fitting in _WIDE if b"\0" in data else _FITTING:
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
