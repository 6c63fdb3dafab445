"""Turns a ``Hole`` into a ``Fill``: tokens, canvases, tensors and devices; no LSP, no editor.

Importing this package imports neither torch nor transformers.
"""

from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.hole import Candidate, Draft, Fill, Hole, HoleKind, Piece, StopReason, Timing
from mezzotint_infill.infiller import EngineState, EngineStatus, Infiller
from mezzotint_infill.options import InfillOptions

__all__ = [
    "Cancellation",
    "Candidate",
    "Draft",
    "EngineState",
    "EngineStatus",
    "Fill",
    "Hole",
    "HoleKind",
    "InfillOptions",
    "Infiller",
    "Piece",
    "StopReason",
    "Timing",
]
