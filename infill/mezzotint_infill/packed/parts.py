"""Which tensors of a checkpoint a plan keeps, and in which format each.

The checkpoint has each shared tensor once, under its decoder; the encoder's own are one scalar a
layer. What it has beside the text model is left out.
"""

import re

from mezzotint_infill.memory.plan import Format, MemoryPlan

DECODER = "model.decoder."
ENCODER = "model.encoder.language_model."

_EMBEDDINGS = DECODER + "embed_tokens.weight"
_EXPERTS = re.compile(r"\.experts\.(gate_up_proj|down_proj)$")
_PROJECTIONS = re.compile(r"(\.self_attn|\.mlp|\.self_conditioning)\.\w+_proj\.weight$")


def is_wanted(key: str) -> bool:
    """Whether the text model reads a tensor of this name; copies of tied ones it does not."""
    return key.startswith(DECODER) or (key.startswith(ENCODER) and key.endswith(".layer_scalar"))


def format_of(key: str, plan: MemoryPlan) -> Format:
    """How a plan keeps a tensor of this name."""
    if key == _EMBEDDINGS:
        return plan.embeddings
    if _EXPERTS.search(key):
        return plan.experts
    if _PROJECTIONS.search(key):
        return plan.projections
    return Format.BF16
