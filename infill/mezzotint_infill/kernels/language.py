"""Triton as the kernels see it; importable where there is none, as on macOS and Windows.

There, a kernel is a function that nobody calls (``usable`` in ``__init__.py`` says no).
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

__all__ = ["IN_PYTHON", "IS_INTERPRETED", "IS_THERE", "constexpr", "jit", "tl"]

if TYPE_CHECKING:
    # The language has no types that a checker could use: it is compiled, not run.
    constexpr: TypeAlias = Any
    tl: Any
    IS_THERE: bool
    IS_INTERPRETED: bool
    IN_PYTHON: Any

    def jit(
        kernel: Callable[..., Any] | None = None, *, do_not_specialize: Sequence[str] = ()
    ) -> Any:
        """Make a kernel, or a function that kernels call, of a function's syntax tree."""
        ...

else:
    try:
        import triton.language as tl
        from triton import JITFunction, jit
        from triton.language import constexpr

        @jit
        def _probe():
            pass

        IS_THERE = True
        IS_INTERPRETED = not isinstance(_probe, JITFunction)
        IN_PYTHON = constexpr(IS_INTERPRETED)
    except ImportError:
        tl = None
        constexpr = Any
        IS_THERE = IS_INTERPRETED = IN_PYTHON = False

        def jit(kernel: Callable[..., Any] | None = None, **_options: Any) -> Any:
            """Nothing: without Triton, no kernel is started."""
            return kernel or jit
