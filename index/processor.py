"""What this machine's processor and memory are good for."""

import platform
from pathlib import Path
from typing import Final

_CPU: Final = Path("/proc/cpuinfo")
_MEMORY: Final = Path("/proc/meminfo")
_VNNI: Final = frozenset({"avx512_vnni", "avx_vnni"})


def fast_integers(cpu: Path = _CPU) -> bool:
    """Whether eight-bit products are summed exactly and fast.

    Without VNNI, x86 processors add pairs of products in 16 bits, where large ones overflow: the
    same file would give other vectors there. Elsewhere nothing is known to be wrong on ARM.
    """
    if platform.machine() not in {"x86_64", "AMD64"}:
        return platform.machine() in {"aarch64", "arm64"}
    return bool(_VNNI & _flags(cpu))


def has_avx2(cpu: Path = _CPU) -> bool:
    """Whether the processor has what ONNX Runtime's fast paths are written for."""
    return platform.machine() not in {"x86_64", "AMD64"} or "avx2" in _flags(cpu)


def free_memory(memory: Path = _MEMORY) -> int | None:
    """Bytes that can be had without swapping; None where the system does not say."""
    if not memory.is_file():
        return None
    for line in memory.read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _flags(cpu: Path) -> frozenset[str]:
    if not cpu.is_file():
        return frozenset()
    lines = cpu.read_text(encoding="utf-8").splitlines()
    flags = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(flags.partition(":")[2].split())
