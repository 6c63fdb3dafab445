"""What a network is asked: to read a prompt, to judge texts, to score the positions of canvases.

The prompt is kept in our own cache (``prefix_cache.py``), both halves of the network are called with
it (``halves.py``), and the output layer sees no more than is asked about (``output.py``).

Knows tokens by their numbers; ``model.py`` knows what they mean.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from mezzotint_infill.beliefs import Beliefs, Terms
from mezzotint_infill.canvas import FreePositions
from mezzotint_infill.fused_layer import fuse
from mezzotint_infill.graphs import record
from mezzotint_infill.halves import Halves
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
from mezzotint_infill.row import Text, before_each, row_of_texts, rows_within
from mezzotint_infill.static_pass import BUCKETS, StaticPasses, canvas_sees, text_sees

STRIDE = 256
"""Tokens that go through the encoder at once: fewer make a fresh prompt slower, more a keystroke."""


class Passes:
    """A network on a device."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self._halves = Halves(network)
        text = network.config.get_text_config()
        self.window: int = text.sliding_window
        self.stride, self.slack = STRIDE, RING_SLACK
        self.vocabulary: int = text.vocab_size
        self._layer_types: list[str] = text.layer_types
        self._canvases: StaticPasses | None = None
        self._texts: StaticPasses | None = None
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
        for layer in self._halves.layers:
            fuse(layer)

    @torch.inference_mode()
    def settle(self, context: int, *, may_record: bool = True) -> int:
        """Keep prompts of up to so many tokens at one place, and record passes behind them there.

        There is one prompt at a time from then on: each one that is read makes the one before
        stale. Tells how many passes were recorded: as many as a CUDA card has memory for, none
        where layers are streamed.
        """
        for layer in self._halves.layers:
            share_key_heads(layer.self_attn)
        nothing = self.embed(torch.zeros(1, 1, dtype=torch.long, device=self.device))
        buffers = self._empty_buffers()
        for ring in buffers.rings:
            ring.fix(context, max(BUCKETS))
        self._canvases = StaticPasses(self._halves.decode_in_place, canvas_sees, buffers, nothing)
        self._texts = StaticPasses(self._halves.encode_in_place, text_sees, buffers, nothing)
        both = (*self._canvases.sizes, *self._texts.sizes)
        return record(both, self.device) if may_record else 0

    @torch.inference_mode()
    def log_likelihoods(self, prefix: PrefixCache, texts: Sequence[Text]) -> list[float]:
        """Exact log-likelihood of each text's tokens after the prefix, left to right, in nats."""
        hidden = self._before_each(prefix, texts)
        tokens = torch.tensor([token for text in texts for token in text], device=self.device)
        given = self.output.log_chances(hidden, tokens).cpu()
        lengths = torch.tensor([len(text) for text in texts])
        which = torch.arange(len(texts)).repeat_interleave(lengths)
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
        return self._halves.decoder.embed_tokens(tokens)

    def soften(self, chances: Tensor) -> Tensor:
        """Mean scaled embeddings ``(..., H)`` of distributions ``(..., V)``."""
        return self.output.soften(chances)

    def _hidden(
        self, prefix: PrefixCache, canvas: Tensor, free: FreePositions, soft: Tensor
    ) -> Tensor:
        if self._canvases and self._canvases.fitting(prefix, canvas.shape[1]):
            hidden = self._canvases.hidden(prefix, canvas, soft)
            return hidden[free.rows, free.columns]
        places = torch.arange(canvas.shape[1], device=self.device) + len(prefix)
        behind = ReadingPass(prefix, len(canvas))
        hidden = self._halves.decode(canvas, places[None], soft, behind)
        return hidden[free.rows, free.columns]

    def _before_each(self, prefix: PrefixCache, texts: Sequence[Text]) -> Tensor:
        """The encoder's output ``(N, H)`` before each token of all texts, each behind the prompt."""
        longest = max(map(len, texts)) - 1
        if self._texts is None or self._texts.fitting(prefix, longest) is None:
            return self._before_each_padded(prefix, texts)
        found: list[Tensor] = []
        for some in rows_within(texts, max(BUCKETS)):
            row = row_of_texts([text[:-1] for text in some], self.device)
            last = prefix.last_hidden[0]
            static = self._texts.fitting(prefix, len(row.tokens))
            if static is not None and len(row.tokens):
                last = torch.cat((last, static.hidden(prefix, row)))
            found.append(last[before_each(some)])
        return torch.cat(found)

    def _before_each_padded(self, prefix: PrefixCache, texts: Sequence[Text]) -> Tensor:
        """The same with a row for each text: on a CPU, less is multiplied by nothing."""
        lengths = torch.tensor([len(tokens) for tokens in texts])
        longest = int(lengths.max())
        rows = [[*tokens, *([0] * (longest - len(tokens)))] for tokens in texts]
        hidden = prefix.last_hidden.expand(len(texts), -1, -1)
        if longest > 1:
            tokens = torch.tensor(rows, dtype=torch.long, device=self.device)
            behind = ReadingPass(prefix, len(texts))
            hidden = torch.cat((hidden, self._encoder_pass(tokens[:, :-1], behind)), dim=1)
        # The output layer is half of this pass: it is not worked out for what only fills up a row.
        which, where = (torch.arange(longest) < lengths[:, None]).nonzero(as_tuple=True)
        return hidden[which, where]

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
        masks = causal_masks(past, new, self.window, self.device)
        return self._halves.encode(tokens, places[None], cache, masks)

    def _fresh_buffers(self) -> PrefixBuffers:
        """Where a prompt is read that has none before it."""
        return self._empty_buffers() if self._canvases is None else self._canvases.buffers

    def _empty_buffers(self) -> PrefixBuffers:
        reach = Reach.of_window(self.window, self.slack, self.stride)
        layers = zip(self._layer_types, self._halves.decoder.layers, strict=True)
        return empty_buffers(
            (layer.self_attn, reach if kind == "sliding_attention" else FULL)
            for kind, layer in layers
        )
