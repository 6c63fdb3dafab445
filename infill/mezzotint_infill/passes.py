"""What a network is asked: to read a prompt, to judge texts, to score the positions of canvases.

transformers' ``DiffusionGemmaForBlockDiffusion`` does all the arithmetic. Three things are done
around it: the prompt is kept in our own cache (``prefix_cache.py``), soft embeddings are handed to
the model's self-conditioning instead of logits, and the output layer sees the free positions only.

Knows tokens by their numbers; ``model.py`` knows what they mean.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from mezzotint_infill.beliefs import Beliefs, Terms
from mezzotint_infill.canvas import FreePositions
from mezzotint_infill.fused_layer import fuse
from mezzotint_infill.graphs import record
from mezzotint_infill.kernels import usable
from mezzotint_infill.memory.cost import RING_SLACK
from mezzotint_infill.network import share_key_heads
from mezzotint_infill.output import Output
from mezzotint_infill.prefix_cache import (
    PrefixBuffers,
    PrefixCache,
    ReadingPass,
    WritingPass,
    causal_masks,
    empty_buffers,
)
from mezzotint_infill.ring import FULL, Reach
from mezzotint_infill.static_pass import Behind as StaticBehind
from mezzotint_infill.static_pass import Inputs, StaticPasses

STRIDE = 256
"""Tokens that go through the encoder at once: fewer make a fresh prompt slower, more a keystroke."""


class Passes:
    """A network on a device."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self._soft: Tensor | None = None
        self._decoder().self_conditioning.register_forward_pre_hook(self._hand_over_soft)
        for index, layer in enumerate(self._decoder().layers):
            layer.self_attn.append_to_cache = partial(_behind_prefix, index)
        text = network.config.get_text_config()
        self.window: int = text.sliding_window
        self.stride, self.slack = STRIDE, RING_SLACK
        self.vocabulary: int = text.vocab_size
        self._layer_types: list[str] = text.layer_types
        self._static: StaticPasses | None = None
        self.output = Output(network)

    @property
    def device(self) -> torch.device:
        return self._network.device

    @property
    def network(self) -> nn.Module:
        """The modules that do the arithmetic."""
        return self._network

    @torch.inference_mode()
    def read(self, tokens: Sequence[int], before: PrefixCache | None = None) -> PrefixCache:
        """Encode a prompt; what it has in common with the one before is not encoded again.

        Nor has it a place of its own: ``before``, unless it comes back itself, is stale from then on.

        It is read in strides, and of a stride all or nothing is kept. How many tokens go through
        the network together changes the last bits, and in bfloat16 the fill: this way it is the
        same whatever was read before.

        Raises :class:`~mezzotint_infill.prefix_cache.StalePrefixError` if the one before is.
        """
        if before is not None and before.is_of(tokens):
            return before
        *_, last = self._strides(tokens, before)
        return last

    @torch.inference_mode()
    def read_ahead(
        self, tokens: Sequence[int], before: PrefixCache | None, is_void: Callable[[], bool]
    ) -> PrefixCache | None:
        """As :meth:`read`, until somebody says that it is void: then, what has been read by then.

        Whoever says so waits for one stride at most: the device is waited for after each, since
        what has been queued there cannot be taken back.
        """
        if is_void() or (before is not None and before.is_of(tokens)):
            return before
        read = before
        for reached in self._strides(tokens, before):
            read = reached
            if self.device.type == "cuda":
                torch.cuda.current_stream(self.device).synchronize()
            if is_void():
                break
        return read

    @torch.inference_mode()
    def use_kernels(self) -> None:
        """From now on, where there are any: in layers, and for what is believed."""
        if not usable(self.device):
            return
        self.output.use_kernels()
        for layer in (*self._decoder().layers, *self._encoder().layers):
            fuse(layer)

    @torch.inference_mode()
    def settle(self, context: int) -> int:
        """Keep prompts of up to so many tokens at one place, and record passes over canvases there.

        There is one prompt at a time from then on: each one that is read makes the one before
        stale. Tells how many passes were recorded: as many as a CUDA card has memory for.
        """
        for layer in (*self._decoder().layers, *self._encoder().layers):
            share_key_heads(layer.self_attn)
        nothing = self.embed(torch.zeros(1, 1, dtype=torch.long, device=self.device))
        buffers = self._empty_buffers()
        self._static = StaticPasses(self._static_forward, buffers, nothing, context)
        return record(self._static.sizes, self.device)

    @torch.inference_mode()
    def log_likelihoods(self, prefix: PrefixCache, texts: Sequence[Sequence[int]]) -> list[float]:
        """Exact log-likelihood of each text's tokens after the prefix, left to right, in nats."""
        lengths = torch.tensor([len(tokens) for tokens in texts])
        longest = int(lengths.max())
        rows = [[*tokens, *([0] * (longest - len(tokens)))] for tokens in texts]
        tokens = torch.tensor(rows, dtype=torch.long, device=self.device)
        hidden = prefix.last_hidden.expand(len(texts), -1, -1)
        if longest > 1:
            behind = ReadingPass(prefix, len(texts))
            hidden = torch.cat((hidden, self._encoder_pass(tokens[:, :-1], behind)), dim=1)
        # The output layer is half of this pass: it is not worked out for what only fills up a row.
        which, where = (torch.arange(longest) < lengths[:, None]).nonzero(as_tuple=True)
        given = self.output.log_chances(hidden[which, where], tokens[which, where]).cpu()
        sums: Any = torch.zeros(len(texts)).index_add(0, which, given)
        return sums.tolist()

    @torch.inference_mode()
    def logits(
        self, prefix: PrefixCache, canvas: Tensor, free: FreePositions, soft: Tensor
    ) -> Tensor:
        """Scores ``(N, V)`` at the free positions of canvases ``(B, C)`` behind one prefix."""
        return self.output.logits(self._hidden(prefix, canvas, free, soft))

    @torch.inference_mode()
    def log_chances(
        self,
        prefix: PrefixCache,
        canvas: Tensor,
        free: FreePositions,
        soft: Tensor,
        tokens: Tensor,
    ) -> Tensor:
        """How likely one token ``(N,)`` is at each free position, in nats ``(N,)``."""
        return self.output.log_chances(self._hidden(prefix, canvas, free, soft), tokens)

    @torch.inference_mode()
    def beliefs(
        self, prefix: PrefixCache, canvas: Tensor, free: FreePositions, soft: Tensor, terms: Terms
    ) -> Beliefs:
        """What is held of these positions."""
        return self.output.beliefs(self._hidden(prefix, canvas, free, soft), free, terms)

    def embed(self, tokens: Tensor) -> Tensor:
        """Scaled embeddings ``(..., H)``."""
        return self._decoder().embed_tokens(tokens)

    def soften(self, chances: Tensor) -> Tensor:
        """Mean scaled embeddings ``(..., H)`` of distributions ``(..., V)``."""
        return self.output.soften(chances)

    def _decoder(self) -> Any:
        return self._network.model.decoder

    def _encoder(self) -> Any:
        return self._network.model.encoder.language_model

    def _hidden(
        self, prefix: PrefixCache, canvas: Tensor, free: FreePositions, soft: Tensor
    ) -> Tensor:
        static = self._static and self._static.fitting(prefix, canvas.numel())
        if static:
            hidden = static.hidden(prefix, canvas, soft)
        else:
            places = torch.arange(canvas.shape[1], device=self.device) + len(prefix)
            behind = ReadingPass(prefix, len(canvas))
            hidden = self._decoder_pass(canvas, places[None], soft, behind)
        return hidden[free.rows, free.columns]

    def _decoder_pass(
        self,
        tokens: Tensor,
        places: Tensor,
        soft: Tensor,
        cache: ReadingPass | StaticBehind,
        masks: dict[str, Tensor] | None = None,
    ) -> Tensor:
        self._soft = soft
        try:
            return self._network.model(
                past_key_values=cache,
                decoder_input_ids=tokens,
                decoder_position_ids=places,
                decoder_attention_mask=masks,
            ).last_hidden_state
        finally:
            self._soft = None

    def _static_forward(
        self, inputs: Inputs, cache: StaticBehind, masks: dict[str, Tensor]
    ) -> Tensor:
        return self._decoder_pass(inputs.tokens, inputs.places, inputs.soft, cache, masks)

    def _strides(self, tokens: Sequence[int], before: PrefixCache | None) -> Iterator[PrefixCache]:
        """What there is of a prompt after each stride of it that was not known."""
        buffers = self._fresh_buffers() if before is None else before.buffers
        common = 0 if before is None else before.common(tokens)
        known = buffers.begin(min(common, len(tokens) - 1) // self.stride * self.stride)
        for start in range(known, len(tokens), self.stride):
            end = start + self.stride
            last_hidden = self._read_part(tokens[start:end], start, buffers)
            yield PrefixCache.newest(tokens[:end], last_hidden, buffers)

    def _read_part(self, tokens: Sequence[int], start: int, buffers: PrefixBuffers) -> Tensor:
        part = torch.tensor([tokens], device=self.device)
        return self._encoder_pass(part, WritingPass(buffers, start))[:, -1:].clone()

    def _encoder_pass(self, tokens: Tensor, cache: WritingPass | ReadingPass) -> Tensor:
        past, new = cache.get_seq_length(), tokens.shape[1]
        places = torch.arange(past, past + new, device=self.device)
        return self._encoder()(
            input_ids=tokens,
            attention_mask=causal_masks(past, new, self.window, self.device),
            position_ids=places[None],
            past_key_values=cache,
        ).last_hidden_state

    def _fresh_buffers(self) -> PrefixBuffers:
        """Where a prompt is read that has none before it."""
        return self._empty_buffers() if self._static is None else self._static.buffers

    def _empty_buffers(self) -> PrefixBuffers:
        reach = Reach.of_window(self.window, self.slack, self.stride)
        layers = zip(self._layer_types, self._decoder().layers, strict=True)
        return empty_buffers(
            (layer.self_attn, reach if kind == "sliding_attention" else FULL)
            for kind, layer in layers
        )

    def _hand_over_soft(self, _module: nn.Module, inputs: tuple[Tensor, Tensor]) -> Any:
        """The class takes logits, the vocabulary wide, and softens them; ours are soft already."""
        return (inputs[0], self._soft) if self._soft is not None else inputs


def _behind_prefix(
    layer: int, prefix: ReadingPass | StaticBehind, keys: Tensor, values: Tensor
) -> Any:
    """Stands in for the class' own way of putting the canvas behind the prompt."""
    return prefix.update(keys, values, layer)
