"""A checkpoint, loaded: what its network is asked, and in which words.

transformers' ``DiffusionGemmaForBlockDiffusion`` does all the arithmetic (``network.py`` makes it,
under a memory plan with weights in fewer bits). Four things are done around it: the
prompt is kept in our own cache (``prefix_cache.py``), soft embeddings are handed to the model's
self-conditioning instead of logits, the output layer sees the free positions only, and a single
expert has no router (``single_expert.py``).
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from mezzotint_infill.canvas import FreePositions
from mezzotint_infill.checkpoint import (
    EMBEDDED,
    brief,
    find_checkpoint,
    read_defaults,
    read_grammar,
)
from mezzotint_infill.errors import DamagedModelError, ModelError
from mezzotint_infill.memory.plan import MemoryPlan
from mezzotint_infill.network import read_stock
from mezzotint_infill.packed.loading import find_planned, read_planned
from mezzotint_infill.prefix_cache import (
    PrefixBuffers,
    PrefixCache,
    ReadingPass,
    WritingPass,
    causal_masks,
)
from mezzotint_infill.quantized.embedding import QuantizedEmbedding
from mezzotint_infill.quantized.modules import parameter_count
from mezzotint_infill.ring import FULL, LayerRing, Reach
from mezzotint_infill.single_expert import leave_out_routing
from mezzotint_infill.vocabulary import Vocabulary, read_vocabulary

STRIDE = 256
"""Tokens that go through the encoder at once: fewer make a fresh prompt slower, more a keystroke."""
SLACK = 1024
"""Tokens by which a prompt can be cut back, however long it is, without being read from its start."""
SMALL = 100_000_000
"""Parameters."""


class Model:
    """Weights on a device, with the tokenizer and the special tokens that belong to them."""

    def __init__(
        self,
        network: Any,
        tokenizer: Tokenizer,
        name: str,
        folder: Path,
    ) -> None:
        self._network = network
        self._soft: Tensor | None = None
        self._decoder().self_conditioning.register_forward_pre_hook(self._hand_over_soft)
        for index, layer in enumerate(self._decoder().layers):
            layer.self_attn.append_to_cache = partial(_behind_prefix, index)
        text = network.config.get_text_config()
        # Despite its name: code that spells a special token is encoded as the text it is.
        tokenizer.encode_special_tokens = True
        self.tokenizer = tokenizer
        self.name = name
        self.canvas_length: int = network.config.canvas_length or 256
        self.context: int = min(text.sliding_window, text.max_position_embeddings) // 2
        self.window: int = text.sliding_window
        self.stride, self.slack = STRIDE, SLACK
        self.parameters = parameter_count(network)
        self.vocabulary: int = text.vocab_size
        self.defaults = read_defaults(folder)
        self.grammar = read_grammar(tokenizer, folder)
        turns = self.grammar.turns
        ends = {self.grammar.eos, *([turns.end] if turns else [])}
        self.tokens: Vocabulary = read_vocabulary(tokenizer, self.vocabulary, ends)
        self._layer_types: list[str] = text.layer_types

    @property
    def device(self) -> torch.device:
        return self._network.device

    @property
    def network(self) -> nn.Module:
        """The modules that do the arithmetic."""
        return self._network

    def encode(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def decode(self, tokens: Sequence[int]) -> str:
        return self.tokenizer.decode(list(tokens), skip_special_tokens=False)

    @torch.inference_mode()
    def read(self, tokens: Sequence[int], before: PrefixCache | None = None) -> PrefixCache:
        """Encode a prompt; what it has in common with the one before is not encoded again.

        Nor has it a place of its own: ``before``, unless it comes back itself, is stale from then on.

        It is read in strides, and of a stride all or nothing is kept. How many tokens go through
        the network together changes the last bits, and in bfloat16 the fill: this way it is the
        same whatever was read before.

        Raises :class:`~mezzotint_infill.prefix_cache.StalePrefixError` if the one before is.
        """
        buffers = self._empty_buffers() if before is None else before.buffers
        if before is not None and before.tokens == tuple(tokens):
            return before
        common = 0 if before is None else before.common(tokens)
        known = buffers.begin(min(common, len(tokens) - 1) // self.stride * self.stride)
        *_, last_hidden = [
            self._read_part(tokens[start : start + self.stride], start, buffers)
            for start in range(known, len(tokens), self.stride)
        ]
        return PrefixCache.newest(tokens, last_hidden, buffers)

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
        given = torch.log_softmax(self._output(hidden[which, where]), dim=-1)
        given = given.gather(-1, tokens[which, where, None]).squeeze(-1).cpu()
        sums: Any = torch.zeros(len(texts)).index_add(0, which, given)
        return sums.tolist()

    @torch.inference_mode()
    def logits(
        self, prefix: PrefixCache, canvas: Tensor, free: FreePositions, soft: Tensor
    ) -> Tensor:
        """Scores ``(N, V)`` at the free positions of canvases ``(B, C)`` behind one prefix."""
        places = torch.arange(canvas.shape[1], device=self.device) + len(prefix)
        self._soft = soft
        try:
            hidden = self._network.model(
                past_key_values=ReadingPass(prefix, len(canvas)),
                decoder_input_ids=canvas,
                decoder_position_ids=places[None],
            ).last_hidden_state
        finally:
            self._soft = None
        return self._output(hidden[free.rows, free.columns])

    def embed(self, tokens: Tensor) -> Tensor:
        """Scaled embeddings ``(..., H)``."""
        return self._decoder().embed_tokens(tokens)

    def soften(self, chances: Tensor) -> Tensor:
        """Mean scaled embeddings ``(..., H)`` of distributions ``(..., V)``."""
        table = self._decoder().embed_tokens
        if isinstance(table, QuantizedEmbedding):
            return table.soften(chances)
        return (chances.to(table.weight.dtype) @ table.weight) * table.scalar_embed_scale

    def _decoder(self) -> Any:
        return self._network.model.decoder

    def _read_part(self, tokens: Sequence[int], start: int, buffers: PrefixBuffers) -> Tensor:
        part = torch.tensor([tokens], device=self.device)
        return self._encoder_pass(part, WritingPass(buffers, start))[:, -1:].clone()

    def _encoder_pass(self, tokens: Tensor, cache: WritingPass | ReadingPass) -> Tensor:
        past, new = cache.get_seq_length(), tokens.shape[1]
        places = torch.arange(past, past + new, device=self.device)
        return self._network.model.encoder.language_model(
            input_ids=tokens,
            attention_mask=causal_masks(past, new, self.window, self.device),
            position_ids=places[None],
            past_key_values=cache,
        ).last_hidden_state

    def _output(self, hidden: Tensor) -> Tensor:
        cap = self._network.final_logit_softcapping
        return self._network.lm_head(hidden).float().div_(cap).tanh_().mul_(cap)

    def _empty_buffers(self) -> PrefixBuffers:
        near = Reach.of_window(self.window, self.slack, self.stride)
        rings: list[LayerRing] = []
        for kind, layer in zip(self._layer_types, self._decoder().layers, strict=True):
            attention = layer.self_attn
            heads = attention.config.num_attention_heads // attention.num_key_value_groups
            # Norms are in the precision that is computed in, whatever the matrices are kept in.
            empty = attention.k_norm.weight.new_empty(1, heads, 0, attention.head_dim)
            rings.append(LayerRing(empty, near if kind == "sliding_attention" else FULL))
        return PrefixBuffers(rings)

    def _hand_over_soft(self, _module: nn.Module, inputs: tuple[Tensor, Tensor]) -> Any:
        """The class takes logits, the vocabulary wide, and softens them; ours are soft already."""
        return (inputs[0], self._soft) if self._soft is not None else inputs


def _behind_prefix(layer: int, prefix: ReadingPass, keys: Tensor, values: Tensor) -> Any:
    """Stands in for the class' own way of putting the canvas behind the prompt."""
    return prefix.update(keys, values, layer)


def load_model(
    name: str = EMBEDDED,
    device: str | None = None,
    precision: torch.dtype | None = None,
    plan: MemoryPlan | None = None,
) -> Model:
    """Read a checkpoint: ``embedded``, a folder, or the name of one in the Hub's local cache.

    ``precision`` is what the device is quickest in, unless given. Under a ``plan`` the packed file
    is read if there is one, else the weights are quantized as they are read; without a plan they
    are exact.

    Raises :class:`ModelError`: unknown, damaged, packed from something else, or for a device that
    is not there.
    """
    folder = find_checkpoint(name) if plan is None else find_planned(name, plan)
    place = find_device(device)
    dtype = precision or _precision(place)
    try:
        if plan is None:
            network = read_stock(folder, dtype)
            leave_out_routing(network)
            network.to(place)
        else:
            network = read_planned(name, folder, plan, place, dtype)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        return Model(network.eval(), tokenizer, name, folder)
    except (ModelError, torch.OutOfMemoryError):
        raise
    # The Rust tokenizer raises bare ``Exception``; a bad file can fail anywhere in the loader.
    except Exception as error:
        raise DamagedModelError(f"The model at {folder} cannot be read: {brief(error)}") from error


def load_stock(name: str, device: torch.device) -> Any:
    """A checkpoint as transformers itself loads it, for comparing with its ``generate``."""
    return read_stock(find_checkpoint(name), _precision(device)).to(device).eval()


def use_one_thread_if_small(model: Model) -> None:
    """One thread for a small model on a CPU, in the whole process.

    Its passes are too short to be shared out. With two threads on two cores a fill took 155 ms
    instead of 205, but 780 instead of 220 beside one other busy process, since threads that wait
    for each other spin; and 350 if they sleep instead.
    """
    if model.device.type == "cpu" and model.parameters < SMALL:
        torch.set_num_threads(1)


def find_device(device: str | None) -> torch.device:
    """The best there is unless named. Raises :class:`ModelError`."""
    if device is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(0, device=device).device
    except (AssertionError, RuntimeError) as error:
        raise ModelError(f"The device {device!r} cannot be used: {brief(error)}") from error


def _precision(place: torch.device) -> torch.dtype:
    """bfloat16 where the hardware multiplies it; an emulated one is slower than float32."""
    if place.type != "cpu":
        return torch.bfloat16
    # ``get_capabilities`` is newer than the oldest torch that is allowed.
    found: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    is_native = found.get("avx512_bf16") or found.get("amx_bf16")
    return torch.bfloat16 if is_native else torch.float32
