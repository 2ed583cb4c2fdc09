from pathlib import Path

import pytest

from index.processor import fast_integers, free_memory, has_avx2


@pytest.mark.parametrize(
    ("flags", "avx2", "vnni"),
    [
        ("fpu sse2 avx", False, False),
        ("fpu sse2 avx avx2 avx512f", True, False),
        ("fpu avx2 avx_vnni", True, True),
        ("avx2 avx512_vnni", True, True),
        ("", False, False),
    ],
)
def test_what_an_x86_processor_says_decides(
    flags: str, avx2: bool, vnni: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    cpu = tmp_path / "cpuinfo"
    cpu.write_text(f"model name : أي معالج\nflags\t\t: {flags}\n", encoding="utf-8")
    assert (has_avx2(cpu), fast_integers(cpu)) == (avx2, vnni)
    assert not fast_integers(tmp_path / "nothing")


def test_other_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert has_avx2()
    assert fast_integers()
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert not fast_integers()


def test_memory_is_what_can_be_had(tmp_path: Path) -> None:
    path = tmp_path / "meminfo"
    path.write_text("MemTotal: 9 kB\nMemAvailable:   2048 kB\n", encoding="ascii")
    assert free_memory(path) == 2048 * 1024
    assert free_memory(tmp_path / "nothing") is None
