"""Triton as the kernels see it; importable where there is none, as on macOS and Windows.

There, a kernel is a function that nobody calls (``usable`` in ``__init__.py`` says no).
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

__all__ = [
    "IN_PYTHON",
    "IS_INTERPRETED",
    "IS_THERE",
    "Block",
    "Number",
    "Pointer",
    "constant",
    "constexpr",
    "jit",
    "tl",
]

Kind = TypeVar("Kind")

if TYPE_CHECKING:
    # What kernels are given is typed when they are compiled; these say what is meant.
    Pointer: TypeAlias = Any
    """To the first element of a tensor."""
    Number: TypeAlias = Any
    Block: TypeAlias = Any
    """Numbers or pointers that a program works on together."""
    constexpr: TypeAlias = Any
    tl: Any
    IS_THERE: bool
    IS_INTERPRETED: bool
    IN_PYTHON: bool

    def constant(value: Kind) -> Kind:
        """A value of this module that kernels may use."""
        ...

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
        from triton.language import constexpr as constant

        # Triton looks annotations up, and lets pass what is its own.
        Pointer = Number = Block = tl.tensor

        @jit
        def _probe():
            pass

        IS_THERE = True
        IS_INTERPRETED = not isinstance(_probe, JITFunction)
        IN_PYTHON = constant(IS_INTERPRETED)
    except ImportError:
        tl = None
        Pointer = Number = Block = constexpr = Any
        IS_THERE = IS_INTERPRETED = IN_PYTHON = False

        def constant(value: Kind) -> Kind:
            """Itself."""
            return value

        def jit(kernel: Callable[..., Any] | None = None, **_options: Any) -> Any:
            """Nothing: without Triton, no kernel is started."""
            return kernel or jit
