"""transformers' network for a checkpoint: as it loads it itself, or with weights as a plan keeps them.

Under a plan it is made without weights, the vision tower left out. The decoder's layers get modules
of our own (``quantized/``), and the encoder's layers hold the very same ones: only their scalars
differ. Whatever such a module has, packed bytes or scales, is shared that way.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import AttentionInterface, DiffusionGemmaConfig, DiffusionGemmaForBlockDiffusion
from transformers.utils import logging as transformers_logging

from mezzotint_infill.errors import DamagedModelError
from mezzotint_infill.packed.parts import DECODER, ENCODER
from mezzotint_infill.quantized.embedding import QuantizedEmbedding, QuantizedHead
from mezzotint_infill.quantized.experts import QuantizedExperts
from mezzotint_infill.quantized.modules import QuantizedLinear
from mezzotint_infill.quantized.stack import parted
from mezzotint_infill.quantized.weight import Weight, joined
from mezzotint_infill.single_expert import leave_out_routing

SHARED = "mezzotint_shared_key_heads"
ACTIVATION = "gelu_pytorch_tanh"
"""The only one that the experts of ``quantized/`` know, and the only one that is used."""


class Weights(Protocol):
    """Reads the weights of a checkpoint in the formats of a plan."""

    def weight(self, key: str, device: torch.device, plain: torch.dtype) -> Weight:
        """Raises :class:`DamagedModelError`; ``plain`` is the type of what is not quantized."""
        ...


def read_stock(folder: Path, dtype: torch.dtype) -> Any:
    """A checkpoint as transformers itself loads it, without its vision tower."""
    # Its progress bar and its table of keys are nothing that people at a prompt asked for.
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    loaded: Any = DiffusionGemmaForBlockDiffusion.from_pretrained(
        folder, dtype=dtype, use_safetensors=True, output_loading_info=True, local_files_only=True
    )
    network, report = loaded
    if missing := report["missing_keys"]:
        raise DamagedModelError(f"The model at {folder} lacks weights: {min(missing)}.")
    network.model.encoder.vision_tower = None
    network.model.encoder.embed_vision = None
    return network


def build_network(
    folder: Path,
    weights: Weights,
    place: torch.device,
    dtype: torch.dtype,
    wait_in: torch.device | None = None,
) -> Any:
    """The network under a plan, on a device. Raises :class:`DamagedModelError`.

    ``wait_in`` is where the big weights of the layers are put instead, if they are to be streamed.
    """
    network = empty_network(folder)
    encoder, decoder = network.model.encoder.language_model, network.model.decoder
    filling = _Filling(weights, place, dtype, wait_in or place)
    filling.embed(network)
    for name, layer in decoder.layers.named_children():
        filling.fill(layer, f"{DECODER}layers.{name}.")
    filling.put_linears(decoder.self_conditioning, f"{DECODER}self_conditioning.", place)
    filling.fill_rest(decoder, DECODER)
    leave_out_routing(decoder)
    for mine, theirs in zip(encoder.layers, decoder.layers, strict=True):
        share(mine, theirs)
    encoder.norm = decoder.norm
    filling.fill_rest(encoder, ENCODER)
    for half in (encoder, decoder):
        # Its frequencies are in no checkpoint: they are worked out anew, on a device that is one.
        half.rotary_emb = type(half.rotary_emb)(half.rotary_emb.config).to(place)
    require_filled(network)
    return network.requires_grad_(False)


def share(mine: nn.Module, theirs: nn.Module) -> None:
    """Put another module's children in the places of this one's that have the same names.

    Attention is another class in the encoder: of it, what it is made of is shared.
    """
    for name, child in theirs.named_children():
        if name == "self_attn":
            share(getattr(mine, name), child)
        else:
            setattr(mine, name, child)


def require_filled(network: nn.Module) -> None:
    """Raises :class:`DamagedModelError` if anything of a network is without its values still."""
    for tensors in (network.named_parameters(), network.named_buffers()):
        for name, tensor in tensors:
            if tensor.is_meta:
                raise DamagedModelError(f"The network is not whole: {name} has no values.")


def empty_network(folder: Path) -> Any:
    """The network of a ``config.json``, all of whose tensors have sizes and no contents."""
    config: Any = DiffusionGemmaConfig.from_pretrained(folder, local_files_only=True)
    activation = config.get_text_config().hidden_activation
    if activation != ACTIVATION:
        raise DamagedModelError(
            f"The model at {folder} has the activation {activation}, which no plan knows."
        )
    with torch.device("meta"):
        network: Any = DiffusionGemmaForBlockDiffusion(config)
    network.model.encoder.vision_tower = None
    network.model.encoder.embed_vision = None
    return network


def share_key_heads(attention: Any) -> None:
    """Let an attention read each key head where it lies, for all heads that share it.

    transformers' own copies them once a head as soon as there is a mask.
    """
    AttentionInterface.register(SHARED, shared_attention)
    attention.config._attn_implementation = SHARED  # noqa: SLF001 # its one public way is for whole models


def shared_attention(
    _module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    **_told: Any,
) -> tuple[Tensor, None]:
    """``query`` ``(B, heads, T, W)``, ``key`` and ``value`` ``(B, key heads, S, W)``.

    Key heads count as rows, and the heads that share one as its heads: a stride of 0, no copy.
    """
    batch, heads, asks, width = query.shape
    sharing = heads // key.shape[1]
    asked = query.reshape(-1, sharing, asks, width)
    keys, values = (
        part.reshape(-1, 1, *part.shape[2:]).expand(-1, sharing, -1, -1) for part in (key, value)
    )
    mixed = F.scaled_dot_product_attention(
        asked, keys, values, attn_mask=attention_mask, scale=scaling
    )
    return mixed.reshape(batch, heads, asks, width).transpose(1, 2).contiguous(), None


class _Filling:
    """Puts weights where they belong."""

    def __init__(
        self, weights: Weights, place: torch.device, dtype: torch.dtype, wait_in: torch.device
    ) -> None:
        self._weights = weights
        self._place = place
        self._dtype = dtype
        self._wait_in = wait_in

    def embed(self, network: Any) -> None:
        """One table for the encoder, the decoder and the output layer."""
        decoder = network.model.decoder
        scale: float = decoder.embed_tokens.scalar_embed_scale
        weight = self._weight(f"{DECODER}embed_tokens.weight", self._place)
        table = QuantizedEmbedding(weight, scale, self._dtype)
        decoder.embed_tokens = network.model.encoder.language_model.embed_tokens = table
        network.lm_head = QuantizedHead(table)

    def fill(self, layer: Any, name: str) -> None:
        """A layer's projections and its experts."""
        self.put_stack(layer.self_attn, f"{name}self_attn.", ("q_proj", "k_proj", "v_proj"))
        self.put_stack(layer.mlp, f"{name}mlp.", ("gate_proj", "up_proj"))
        self.put_linears(layer.self_attn, f"{name}self_attn.", self._wait_in)
        self.put_linears(layer.mlp, f"{name}mlp.", self._wait_in)
        layer.experts = QuantizedExperts(
            self._weight(f"{name}experts.gate_up_proj", self._wait_in),
            self._weight(f"{name}experts.down_proj", self._wait_in),
        )

    def put_stack(self, module: nn.Module, name: str, children: Sequence[str]) -> None:
        """Layers that read the same input, as one weight; full layers have no ``v_proj``."""
        there = [child for child in children if getattr(module, child) is not None]
        sizes: list[int] = [getattr(module, child).out_features for child in there]
        weights = (self._weight(f"{name}{child}.weight", self._wait_in) for child in there)
        stack = QuantizedLinear(joined(weights, sum(sizes)))
        for child, part in zip(there, parted(stack, sizes), strict=True):
            setattr(module, child, part)

    def put_linears(self, module: nn.Module, name: str, device: torch.device) -> None:
        for child, linear in list(module.named_children()):
            if isinstance(linear, nn.Linear):
                weight = self._weight(f"{name}{child}.weight", device)
                setattr(module, child, QuantizedLinear(weight))

    def fill_rest(self, module: nn.Module, name: str) -> None:
        """Norms, routers, scalars: whatever has no values yet and is in the checkpoint."""
        held: dict[str, Tensor] = module.state_dict()
        rest = {
            own: self._weight(f"{name}{own}", self._place).data
            for own, tensor in held.items()
            if tensor.is_meta
        }
        module.load_state_dict(rest, strict=False, assign=True)

    def _weight(self, key: str, device: torch.device) -> Weight:
        return self._weights.weight(key, device, self._dtype)
