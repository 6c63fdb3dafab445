"""The memory plans: in how many bits each part of a model is kept.

FP8 alone does not bring 26 B parameters into 18 GB (it takes 26.1 GB): that takes experts of 4 bits.
Names say what is true: ``w4-fp8`` is a mixture, and no plan is called by a format that only part of
it has.
"""

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """How a weight matrix is kept; ``quantized/`` says how each is read."""

    BF16 = "bf16"
    FP8 = "fp8"
    """e4m3, with one float32 scale a row (output)."""
    INT4_G32 = "int4-g32"
    INT4_G64 = "int4-g64"
    """Symmetric, with one bfloat16 scale for as many inputs.

    Never 128: it divides neither 704 nor 2112, of which experts and feed-forward blocks are made.
    """


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """Formats by part. Router, norms and scales of layers are bfloat16 in all of them."""

    name: str
    experts: Format
    projections: Format
    """Of attention, of the feed-forward block beside the experts, of self-conditioning."""
    embeddings: Format
    """Also the output layer, and the table that soft embeddings are made from: it is one."""
    is_streamed: bool = False
    """Layers that do not fit wait in the host's memory: far from interactive."""


BF16 = MemoryPlan("bf16", Format.BF16, Format.BF16, Format.BF16)
FP8 = MemoryPlan("fp8", Format.FP8, Format.FP8, Format.BF16)
W4_BF16 = MemoryPlan("w4-bf16", Format.INT4_G32, Format.BF16, Format.BF16)
W4_FP8 = MemoryPlan("w4-fp8", Format.INT4_G64, Format.FP8, Format.BF16)
W4_FP8_EMB8 = MemoryPlan("w4-fp8-emb8", Format.INT4_G64, Format.FP8, Format.FP8)
STREAM = MemoryPlan("stream", Format.INT4_G64, Format.FP8, Format.FP8, is_streamed=True)

PLANS = (BF16, FP8, W4_BF16, W4_FP8, W4_FP8_EMB8, STREAM)
"""From the most faithful to the smallest: the first that fits is chosen."""
