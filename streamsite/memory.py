"""Memory that the C library keeps for threads."""

from __future__ import annotations

import ctypes

M_ARENA_MAX = -8
MAX_ARENAS = 2


def limit_malloc_arenas() -> None:
    """Let glibc make at most ``MAX_ARENAS`` heaps for all threads of this process; elsewhere do nothing.

    Bursts of threads would each get a heap of their own, which glibc keeps when they have ended.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(M_ARENA_MAX, MAX_ARENAS)
