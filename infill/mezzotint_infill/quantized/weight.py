"""One weight matrix, or a stack of them, in one of the formats: made, and read back.

How the bits lie is said here, and everything that reads them, kernels included, goes by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from mezzotint_infill.memory.plan import Format

LARGEST_FP8 = 448.0
"""Of e4m3."""
RUN = 64
"""Inputs whose nibbles are packed together, in 32 bytes."""
_AT_ONCE = 1 << 20
"""Elements that are quantized at once: float32 copies of more need not be made."""
_GROUPS = {Format.INT4_G32: 32, Format.INT4_G64: 64}


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight ``(..., out, in)``.

    - ``BF16``: ``data`` is the weight itself, in the precision that is computed in.
    - ``FP8``: ``data`` float8_e4m3fn ``(..., out, in)``, ``scale`` float32 ``(..., out)``; the
      weight is ``data * scale``.
    - Int4: ``data`` uint8 ``(..., out, in // 2)``, ``scale`` bfloat16 ``(..., out, in // g)``; a
      nibble ``n`` stands for ``(n - 8) * scale`` of its group of ``g`` inputs. In each run of 64
      inputs, byte ``j`` of 32 holds input ``j`` in its low and input ``j + 32`` in its high nibble.
      A scale may be negative.
    """

    format: Format
    data: Tensor
    scale: Tensor | None

    @property
    def shape(self) -> torch.Size:
        """Of the weight that the bits stand for."""
        return weight_shape(self.format, self.data.shape)

    def dequantized(self, dtype: torch.dtype) -> Tensor:
        """The weight ``(..., out, in)``, worked out in float32 and then rounded."""
        if self.scale is None:
            return self.data.to(dtype)
        if self.format is Format.FP8:
            return (self.data.float() * self.scale[..., None]).to(dtype)
        values = _nibbles(self.data).float()
        groups = values.view(*self.scale.shape, -1) * self.scale.float()[..., None]
        return groups.flatten(-2).to(dtype)

    def part(self, which: int | slice | Tensor) -> "Weight":
        """Some of its first dimension: an expert of a stack, some rows of a matrix."""
        scale = None if self.scale is None else self.scale[which]
        return Weight(self.format, self.data[which], scale)

    def to(self, device: torch.device) -> "Weight":
        scale = None if self.scale is None else self.scale.to(device)
        return Weight(self.format, self.data.to(device), scale)


def quantize(tensor: Tensor, kind: Format) -> Weight:
    """A weight ``(..., out, in)`` in a format, worked out slice by slice.

    Raises :class:`ValueError` for int4 if ``in`` is no multiple of 64.
    """
    if kind is Format.BF16:
        return Weight(kind, tensor, None)
    made = [
        torch.empty(room, dtype=dtype, device=tensor.device)
        for dtype, room in layout_of(tensor.shape, kind)
    ]
    rows = tensor.reshape(-1, tensor.shape[-1])
    data, scale = (part.view(len(rows), -1) for part in made)
    step = max(1, _AT_ONCE // rows.shape[-1])
    for start in range(0, len(rows), step):
        some = slice(start, start + step)
        if kind is Format.FP8:
            data[some], scale[some] = _fp8(rows[some].float())
        else:
            data[some], scale[some] = _int4(rows[some].float(), _GROUPS[kind])
    return Weight(kind, *made)


def empty_weight(
    shape: tuple[int, ...],
    kind: Format,
    device: torch.device,
    plain: torch.dtype = torch.bfloat16,
) -> Weight:
    """Room for a weight of a shape; ``plain`` is the type of one that is not quantized."""
    made = [
        torch.empty(room, dtype=dtype, device=device)
        for dtype, room in layout_of(shape, kind, plain)
    ]
    return Weight(kind, made[0], made[1] if len(made) == 2 else None)


def joined(weights: Iterable[Weight], rows: int) -> Weight:
    """Matrices below one another, ``rows`` in all; each is let go of before the next is made."""
    whole, start = None, 0
    for weight in weights:
        if whole is None:
            shape = (rows, weight.shape[-1])
            whole = empty_weight(shape, weight.format, weight.data.device, weight.data.dtype)
        part = whole.part(slice(start, start + len(weight.data)))
        part.data.copy_(weight.data)
        if part.scale is not None and weight.scale is not None:
            part.scale.copy_(weight.scale)
        start += len(weight.data)
        del weight
    if whole is None:
        raise ValueError("There is nothing to join.")
    return whole


def layout_of(
    shape: tuple[int, ...], kind: Format, plain: torch.dtype = torch.bfloat16
) -> list[tuple[torch.dtype, tuple[int, ...]]]:
    """Types and shapes of the data and, if there is one, of the scale.

    Raises :class:`ValueError` for int4 if the last dimension is no multiple of 64.
    """
    *rows, inputs = shape
    if kind is Format.BF16:
        return [(plain, tuple(shape))]
    if kind is Format.FP8:
        return [(torch.float8_e4m3fn, tuple(shape)), (torch.float32, tuple(rows))]
    if inputs % RUN:
        raise ValueError(f"{kind} takes inputs in runs of {RUN}, and {inputs} is no multiple.")
    groups = inputs // _GROUPS[kind]
    return [(torch.uint8, (*rows, inputs // 2)), (torch.bfloat16, (*rows, groups))]


def weight_shape(kind: Format, shape: torch.Size) -> torch.Size:
    """The weight's shape, from that of its data."""
    is_packed = kind in _GROUPS
    return torch.Size((*shape[:-1], 2 * shape[-1])) if is_packed else shape


def _fp8(rows: Tensor) -> tuple[Tensor, Tensor]:
    scale = rows.abs().amax(-1, keepdim=True) / LARGEST_FP8
    scale = torch.where(scale > 0, scale, 1.0)
    # Dividing by what was rounded can come out above the largest, which e4m3 makes a NaN.
    scaled = (rows / scale).clamp(-LARGEST_FP8, LARGEST_FP8)
    return scaled.to(torch.float8_e4m3fn), scale


def _int4(rows: Tensor, group: int) -> tuple[Tensor, Tensor]:
    """The value farthest from zero becomes -8, of which there is one more than of positive ones.

    So steps are an eighth smaller than if it became 7.
    """
    groups = rows.view(len(rows), -1, group)
    farthest = groups.gather(-1, groups.abs().argmax(-1, keepdim=True))
    scale = (farthest / -8).to(torch.bfloat16)
    divisor = scale.float()
    values = groups / torch.where(divisor == 0, 1.0, divisor)
    nibbles = (values.round().clamp(-8, 7) + 8).to(torch.uint8).flatten(-2)
    low, high = nibbles.view(len(rows), -1, 2, RUN // 2).unbind(-2)
    return (low | high << 4).flatten(-2), scale.squeeze(-1)


def _nibbles(data: Tensor) -> Tensor:
    """Values -8 to 7 ``(..., in)`` of bytes ``(..., in // 2)``."""
    runs = data.view(*data.shape[:-1], -1, RUN // 2)
    both = torch.stack((runs & 15, runs >> 4), dim=-2)
    return both.flatten(-3).to(torch.int8) - 8
