"""Layers that do not fit wait in the host's memory and come to the device before their turn.

While one layer computes, the next one is copied into the other of two buffers, from one pinned
block, on a stream of its own; after the last comes the first, for the next pass. The router is not
asked which experts it wants: a canvas of 32 tokens already takes nearly all of them.

accelerate's hooks copy a module's tensors one after the other, on the stream that computes.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from mezzotint_infill.quantized.modules import kept_in

_ALIGNMENT = 256
"""Bytes; what CUDA's own allocator aligns to."""


class LayerStream:
    """Brings layers to a device, whichever of their owners is called next."""

    def __init__(self, layers: Sequence[Sequence[nn.Module]], place: torch.device) -> None:
        """``layers`` has for each layer the modules that run it: the encoder's and the decoder's.

        All weights of a layer that are ``Kept`` are streamed; the rest is on ``place`` already.
        """
        self._waiting = [_WaitingLayer(owners[0], place) for owners in layers]
        room = max(layer.size for layer in self._waiting)
        self._slots = [_Slot(room, place) for _ in range(min(2, len(layers)))]
        for number, owners in enumerate(layers):
            for owner in owners:
                owner.register_forward_pre_hook(partial(self._begin, number))
                owner.register_forward_hook(partial(self._end, number))

    def _begin(self, number: int, _layer: nn.Module, _inputs: object) -> None:
        slot = self._fetched(number)
        slot.wait()
        self._waiting[number].show(slot.room)
        self._fetched((number + 1) % len(self._waiting), beside=slot)

    def _end(self, number: int, _layer: nn.Module, _inputs: object, _output: object) -> None:
        self._waiting[number].hide()
        self._fetched(number).let_go()

    def _fetched(self, number: int, beside: "_Slot | None" = None) -> "_Slot":
        """The slot that a layer is in or on its way to; ``beside`` is one that is being read."""
        for slot in self._slots:
            if slot.holds == number:
                return slot
        slot = next((slot for slot in self._slots if slot is not beside), self._slots[0])
        slot.fetch(number, self._waiting[number].block)
        return slot


class _WaitingLayer:
    """A layer's weights as one block in the host's memory."""

    def __init__(self, layer: nn.Module, place: torch.device) -> None:
        held = [
            (kept, name, tensor)
            for kept in kept_in(layer)
            for name, tensor in kept.named_buffers(recurse=False)
            if name in ("data", "scale")
        ]
        self._parts: list[tuple[nn.Module, str, int, Tensor]] = []
        self.size = sum(_aligned(tensor) for _, _, tensor in held)
        self.block = torch.empty(self.size, dtype=torch.uint8, pin_memory=place.type == "cuda")
        start = 0
        for kept, name, tensor in held:
            here = _view(self.block, start, tensor)
            here.copy_(tensor)
            self._parts.append((kept, name, start, here))
            start += _aligned(tensor)
        self.hide()

    def show(self, room: Tensor) -> None:
        """Let the layer's modules read a copy of the block."""
        for kept, name, start, here in self._parts:
            setattr(kept, name, _view(room, start, here))

    def hide(self) -> None:
        """Let them keep the block itself: the copy is about to be something else's."""
        for kept, name, _, here in self._parts:
            setattr(kept, name, here)


class _Slot:
    """Room on the device for one layer. Without CUDA a copy is there when it is asked for."""

    def __init__(self, size: int, place: torch.device) -> None:
        self.room = torch.empty(size, dtype=torch.uint8, device=place)
        self.holds: int | None = None
        is_cuda = place.type == "cuda"
        # Untyped: what they are depends on the device.
        self._copying: Any = torch.cuda.Stream(place) if is_cuda else None
        self._is_there: Any = torch.cuda.Event() if is_cuda else None
        self._is_read: Any = torch.cuda.Event() if is_cuda else None

    def fetch(self, number: int, block: Tensor) -> None:
        """Begin to copy; what read the room before is waited for on the device."""
        self.holds = number
        if self._copying is not None:
            self._copying.wait_event(self._is_read)
        with nullcontext() if self._copying is None else torch.cuda.stream(self._copying):
            self.room[: len(block)].copy_(block, non_blocking=True)
            if self._is_there is not None:
                self._is_there.record()

    def wait(self) -> None:
        """What is computed from now on begins when the copy is there."""
        if self._is_there is not None:
            torch.cuda.current_stream(self.room.device).wait_event(self._is_there)

    def let_go(self) -> None:
        """What was computed so far is the last that reads the room."""
        if self._is_read is not None:
            self._is_read.record(torch.cuda.current_stream(self.room.device))


def _aligned(tensor: Tensor) -> int:
    return -(-tensor.nbytes // _ALIGNMENT) * _ALIGNMENT


def _view(room: Tensor, start: int, like: Tensor) -> Tensor:
    return room[start : start + like.nbytes].view(like.dtype).view(like.shape)
