"""Whether this version can run a memory plan on a card, apart from whether it fits.

Looks for what is installed and imports none of it.
"""

from dataclasses import dataclass
from importlib.util import find_spec

from mezzotint_infill.memory.card import Card
from mezzotint_infill.memory.plan import Format, MemoryPlan

CAPABILITY = (8, 0)
"""From Ampere on: what the kernels use (``kernels/decode.py``) is in no older card."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The answer."""

    runs: bool
    remark: str = ""
    """Why not, or what is to be known beforehand; empty if there is nothing to say."""


def has_triton() -> bool:
    """Whether the kernels that read quantized weights can be compiled."""
    return find_spec("triton") is not None


def readiness(plan: MemoryPlan, card: Card | None, *, with_triton: bool) -> Readiness:
    """What stands in the way of a plan."""
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
    if formats != {Format.BF16} and card.capability < CAPABILITY:
        has = ".".join(map(str, card.capability))
        return f"slow: its kernels need compute capability 8.0, and this card has {has}"
    return ""
