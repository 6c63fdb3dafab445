"""Whether this version can run a memory plan on a card, apart from whether it fits.

Looks for what is installed and imports none of it.
"""

from dataclasses import dataclass
from importlib.util import find_spec

from mezzotint_infill.memory.card import Card
from mezzotint_infill.memory.plan import BF16, Format, MemoryPlan

BUILT = (BF16,)
"""The plans that a model can be loaded with."""
FP8_CAPABILITY = (8, 9)
"""From Ada on. Triton has no conversion of its FP8 type for older cards."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The answer."""

    runs: bool
    remark: str = ""
    """Why not, or what is to be known beforehand; empty if there is nothing to say."""


def has_triton() -> bool:
    """Whether the kernels that read quantized weights can be compiled."""
    return find_spec("triton") is not None


def readiness(
    plan: MemoryPlan,
    card: Card | None,
    *,
    with_triton: bool,
    built: tuple[MemoryPlan, ...] = BUILT,
) -> Readiness:
    """What stands in the way of a plan."""
    if plan not in built:
        return Readiness(False, "this version cannot run it yet")
    if card is None:
        return Readiness(False, "there is no CUDA card")
    if not card.is_usable:
        return Readiness(False, "this torch cannot use the card")
    return Readiness(True, _remark(plan, card, with_triton=with_triton))


def _remark(plan: MemoryPlan, card: Card, *, with_triton: bool) -> str:
    formats = {plan.experts, plan.projections, plan.embeddings}
    if plan.is_streamed:
        return "not interactive: layers come from the host's memory"
    if formats != {Format.BF16} and not with_triton:
        return "slow: its kernels need Triton, which is not installed"
    if Format.FP8 in formats and card.capability < FP8_CAPABILITY:
        has = ".".join(map(str, card.capability))
        return f"slow: kernels for FP8 need compute capability 8.9, and this card has {has}"
    return ""
