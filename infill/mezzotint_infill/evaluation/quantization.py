"""How far what a module says is off when its weights are in fewer bits, without any real weights.

Weights are drawn from Student's t with five degrees of freedom, which has tails as trained weights
have them, and each row has a size of its own; inputs are normal, and one channel in a hundred is
twenty times as large as the others, as in trained transformers
(https://arxiv.org/abs/2208.07339). Shapes are the 26B's: all inputs, and some of the rows.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from mezzotint_infill.memory.plan import Format
from mezzotint_infill.quantized.experts import one_expert
from mezzotint_infill.quantized.modules import linear
from mezzotint_infill.quantized.weight import Weight, quantize

FORMATS = (Format.FP8, Format.INT4_G32, Format.INT4_G64)
ROWS = 704
TOKENS = 64
WIDTH, EXPERT = 2816, 704
INPUTS = (
    ("attention q, k, v", WIDTH),
    ("attention o, sliding", 4096),
    ("attention o, full", 8192),
    ("dense gate, up", WIDTH),
    ("dense down", 2112),
    ("experts gate, up", WIDTH),
    ("experts down", EXPERT),
    ("embeddings, output layer", WIDTH),
)
"""The matrices of the 26B, by how many inputs they have."""
DEGREES = 5.0
OUTLIERS = 100
LOUDER = 20.0


@dataclass(frozen=True, slots=True)
class ModuleError:
    """Of one module in one format."""

    module: str
    inputs: int
    format: str
    weight: float
    """Norm of the weight's error over that of the weight."""
    output: float
    """The same of what comes out."""


def quantization_errors(seed: int = 0) -> list[ModuleError]:
    """Errors by module and format, and those of a whole expert: two matrices in a row."""
    torch.manual_seed(seed)
    found: list[ModuleError] = []
    for module, inputs in INPUTS:
        weight, x = _weight(ROWS, inputs), _inputs(inputs)
        exact = linear(x, Weight(Format.BF16, weight, None))
        for kind in FORMATS:
            made = quantize(weight, kind)
            said = linear(x, made)
            off = relative(made.dequantized(torch.float32), weight)
            found.append(ModuleError(module, inputs, kind, off, relative(said, exact)))
    return [*found, *_expert_errors()]


def relative(read: Tensor, exact: Tensor) -> float:
    """Norm of the difference over the norm of what is exact."""
    return float(torch.dist(read, exact)) / float(torch.dist(exact, torch.zeros(())))


def _expert_errors() -> list[ModuleError]:
    gate_up, down = _weight(2 * EXPERT, WIDTH), _weight(WIDTH, EXPERT)
    x = _inputs(WIDTH)

    def said(kind: Format) -> tuple[Tensor, Tensor]:
        made = quantize(gate_up, kind), quantize(down, kind)
        read = torch.cat([part.dequantized(torch.float32).flatten() for part in made])
        return read, one_expert(x, *made)

    weights, exact = said(Format.BF16)
    found: list[ModuleError] = []
    for kind in FORMATS:
        read, output = said(kind)
        off = relative(read, weights)
        found.append(ModuleError("a whole expert", WIDTH, kind, off, relative(output, exact)))
    return found


def _weight(rows: int, inputs: int) -> Tensor:
    spread = torch.randn(rows, 1).mul(0.3).exp() * inputs**-0.5
    return torch.distributions.StudentT(torch.tensor(DEGREES)).sample((rows, inputs)) * spread


def _inputs(inputs: int) -> Tensor:
    x = torch.randn(TOKENS, inputs)
    x[:, torch.randperm(inputs)[: inputs // OUTLIERS]] *= LOUDER
    return x
