"""Reads the sizes of all weights off the stock class, built from a config without any memory.

Slow to import (torch and transformers); what it counts for the published model is recorded in
``diffusiongemma-26b.shape.json``.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import torch
from torch import nn
from transformers import DiffusionGemmaConfig, DiffusionGemmaForBlockDiffusion

from mezzotint_infill.checkpoint import brief, require_shape
from mezzotint_infill.errors import DamagedModelError
from mezzotint_infill.memory.shape import LayerShape, Matrices, ModelShape, Part, summed

_PARTS = {
    "experts.gate_up_proj": Part.GATE_UP,
    "experts.down_proj": Part.DOWN,
    "self_attn.q_norm": Part.NORMS,
    "self_attn.k_norm": Part.NORMS,
    "self_attn.v_norm": Part.NORMS,
    "self_attn": Part.ATTENTION,
    "mlp": Part.FEED_FORWARD,
    "router": Part.ROUTER,
    "self_conditioning.pre_norm": Part.NORMS,
    "self_conditioning": Part.SELF_CONDITIONING,
    "embed_tokens": Part.EMBEDDINGS,
    "norm": Part.NORMS,
    "layer_scalar": Part.LAYER_SCALARS,
}
"""By the beginning of a name; the first that fits holds. A layer's other norms end in ``norm``."""


def count_shape(config: Mapping[str, Any]) -> ModelShape:
    """The sizes of a model with this ``config.json``.

    Raises :class:`DamagedModelError` for a config that does not say them itself, and for a class
    that has weights which no part is known for.
    """
    require_shape(config, "the config")
    network = _on_meta(config)
    decoder, encoder = network.model.decoder, network.model.encoder
    vision = [encoder.vision_tower, encoder.embed_vision]
    layers = [
        _layer(mine, its, kind)
        for mine, its, kind in zip(
            decoder.layers,
            encoder.language_model.layers,
            network.config.get_text_config().layer_types,
            strict=True,
        )
    ]
    kinds = tuple(dict.fromkeys(layers))
    text = network.config.get_text_config()
    shape = ModelShape(
        kinds=kinds,
        order=tuple(kinds.index(layer) for layer in layers),
        outside=summed(
            it for name, child in decoder.named_children() if name != "layers"
            for it in _weights(child, f"{name}.")
        ),
        window=text.sliding_window,
        vocabulary=text.vocab_size,
        vision_parameters=sum(_count(module) for module in vision),
    )  # fmt: skip
    if shape.parameters + shape.vision_parameters != _count(network):
        raise DamagedModelError("This version of transformers has weights that are not counted.")
    return shape


def _on_meta(config: Mapping[str, Any]) -> Any:
    """The stock model, all of whose tensors have sizes and no contents."""
    try:
        made: Any = DiffusionGemmaConfig.from_dict(dict(config))
        with torch.device("meta"):
            return cast(Any, DiffusionGemmaForBlockDiffusion(made))
    # Sizes that contradict one another can fail anywhere in the class.
    except Exception as error:
        raise DamagedModelError(f"No model can be made from the config: {brief(error)}") from error


def _layer(layer: nn.Module, twin: nn.Module, kind: str) -> LayerShape:
    keys: Any = layer.get_submodule("self_attn.k_proj")
    scalars = [Matrices(Part.LAYER_SCALARS, 1, it.numel()) for _, it in _scalars(layer, twin)]
    return LayerShape(
        weights=summed([*_weights(layer), *scalars]),
        keys_and_values=2 * keys.out_features,
        is_sliding=kind == "sliding_attention",
    )


def _scalars(*layers: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    for layer in layers:
        yield from (it for it in layer.named_buffers() if it[0] == "layer_scalar")


def _weights(module: nn.Module, before: str = "") -> Iterator[Matrices]:
    for name, weight in module.named_parameters(before.rstrip(".")):
        inputs = weight.shape[-1]
        yield Matrices(_part(name), weight.numel() // inputs, inputs)


def _part(name: str) -> Part:
    for beginning, part in _PARTS.items():
        if name.startswith(beginning):
            return part
    if "norm" in name:
        return Part.NORMS
    raise DamagedModelError(f"This version of transformers has weights that are not known: {name}.")


def _count(module: nn.Module) -> int:
    return sum(weight.numel() for weight in module.parameters())
