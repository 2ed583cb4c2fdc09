"""A GGUF file of a few hundred bytes, as whole as one of gigabytes."""

import struct

_STRING, _ARRAY = 8, 9


def tiny_gguf(alignment: int = 32) -> bytes:
    """Entries of each shape that real files have, and two tensors."""
    entries = [
        _entry("general.architecture", _STRING, _text("نموذج")),
        _entry("general.alignment", 4, struct.pack("<I", alignment)),
        _entry("general.ready", 7, b"\1"),
        _entry("tokenizer.tokens", _ARRAY, struct.pack("<IQ", _STRING, 2) + _text("é") + _text("")),
        _entry("tokenizer.scores", _ARRAY, struct.pack("<IQ", 6, 3) + bytes(12)),
    ]
    tensors = [
        _text(name) + struct.pack("<IQQIQ", 2, 4, 2, 0, offset)
        for name, offset in (("a.weight", 0), ("b.weight", alignment))
    ]
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(entries))
    told = head + b"".join(entries) + b"".join(tensors)
    return told + bytes(-len(told) % alignment) + bytes(2 * alignment)


def _entry(key: str, kind: int, value: bytes) -> bytes:
    return _text(key) + struct.pack("<I", kind) + value


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw
