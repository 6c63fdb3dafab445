"""The table of embeddings in any format, and what is read from it: rows, scores and soft rows."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from mezzotint_infill.kernels import linear as kernel
from mezzotint_infill.kernels import usable
from mezzotint_infill.quantized.modules import Kept, linear
from mezzotint_infill.quantized.weight import Weight

ROWS = 4096
"""Rows of the table that are dequantized at once, where the whole of it is wanted: 23 MB."""


class QuantizedEmbedding(Kept):
    """Scaled embeddings, as the stock class gives them; ``dtype`` is what they are given in."""

    embed_scale: Tensor

    def __init__(self, weight: Weight, scale: float, dtype: torch.dtype) -> None:
        super().__init__(weight)
        self.scalar_embed_scale = scale
        self.dtype = dtype
        # Rounded as the class rounds it. Named as there, for whoever reads it from outside.
        rounded = torch.tensor(scale, dtype=dtype, device=weight.data.device)
        self.register_buffer("embed_scale", rounded, persistent=False)

    @property
    def weight(self) -> Tensor:
        """The whole table ``(V, H)``: made anew each time unless it is kept as it is."""
        return self.kept.dequantized(self.dtype)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.kept.part(tokens).dequantized(self.dtype) * self.embed_scale

    def soften(self, chances: Tensor) -> Tensor:
        """Mean scaled embeddings ``(..., H)`` of distributions ``(..., V)``."""
        if self.scale is None:
            return (chances.to(self.dtype) @ self.data) * self.scalar_embed_scale
        mean = self.embed_scale.new_zeros(*chances.shape[:-1], self.kept.shape[-1])
        for rows, part in self.parts():
            mean += chances[..., rows].to(self.dtype) @ part.dequantized(self.dtype)
        return mean * self.scalar_embed_scale

    def scores(self, hidden: Tensor) -> Tensor:
        """``hidden @ table.T``, ``(..., V)``."""
        if self.scale is None:
            return linear(hidden, self.kept)
        if usable(hidden.device) and hidden.shape[:-1].numel() <= kernel.MOST_ROWS:
            return kernel.linear(hidden, self.kept)
        return torch.cat([linear(hidden, part) for _, part in self.parts()], dim=-1)

    def parts(self) -> Iterator[tuple[slice, Weight]]:
        for start in range(0, len(self.data), ROWS):
            rows = slice(start, start + ROWS)
            yield rows, self.kept.part(rows)


class QuantizedHead(nn.Module):
    """The output layer: the table of embeddings, read the other way round."""

    def __init__(self, table: QuantizedEmbedding) -> None:
        super().__init__()
        self.table = table

    @property
    def weight(self) -> Tensor:
        return self.table.weight

    def forward(self, hidden: Tensor) -> Tensor:
        return self.table.scores(hidden)
