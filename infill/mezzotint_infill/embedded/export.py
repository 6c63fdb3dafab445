"""Lean models in ``DiffusionGemmaForBlockDiffusion``'s own format: written, and read back."""

import copy
import json
from pathlib import Path
from typing import Any, cast

import torch
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType] # its PathLike
from tokenizers import Tokenizer
from torch import Tensor
from transformers import DiffusionGemmaConfig, DiffusionGemmaForBlockDiffusion
from transformers.models.diffusion_gemma import DiffusionGemmaGenerationConfig

from mezzotint_infill.embedded.lean import SOFTCAP, LeanModel
from mezzotint_infill.embedded.shape import Shape

CANVAS_LENGTH = 48
WINDOW = 512
"""Sliding window in tokens; the engine reads prompts of half of it, as long as in training."""
GENERATION: dict[str, Any] = {
    "max_denoising_steps": 12,
    "t_max": 0.4,
    "t_min": 0.1,
    "sampler_config": {"_cls_name": "EntropyBoundSamplerConfig", "entropy_bound": 0.3},
    "confidence_threshold": 0.1,
    "stability_threshold": 1,
    "max_new_tokens": CANVAS_LENGTH,
    "bos_token_id": 2,
    "eos_token_id": [1],
    "pad_token_id": 0,
}


def export_checkpoint(model: LeanModel, tokenizer: Tokenizer, folder: Path) -> None:
    """The four files that ``load_model`` reads; weights in bfloat16."""
    config = DiffusionGemmaConfig.from_dict(configuration(model.shape))
    # The class is untyped here and there.
    stock = cast(Any, DiffusionGemmaForBlockDiffusion(config))
    unknown: list[str]
    _, unknown = stock.load_state_dict(checkpoint_weights(model), strict=False)
    if unknown:
        raise ValueError(f"The class has no place for {unknown}.")
    stock.generation_config = DiffusionGemmaGenerationConfig(**copy.deepcopy(GENERATION))
    stock.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))


def read_checkpoint(folder: Path) -> LeanModel:
    """The lean model of an exported checkpoint, to train it further."""
    text = json.loads((folder / "config.json").read_text(encoding="utf-8"))["text_config"]
    shape = Shape(
        vocabulary=text["vocab_size"], width=text["hidden_size"], layers=text["num_hidden_layers"],
        heads=text["num_attention_heads"], key_heads=text["num_key_value_heads"],
        head_width=text["head_dim"], dense=text["intermediate_size"],
        expert=text["moe_intermediate_size"],
    )  # fmt: skip
    model = LeanModel(shape)
    stored = load_file(folder / "model.safetensors")
    own = {
        name: stored[_class_name(name)].float().view(p.shape)
        for name, p in model.named_parameters()
    }
    model.load_state_dict(own)
    return model


def checkpoint_weights(model: LeanModel) -> dict[str, Tensor]:
    """The lean model's parameters under the class' names, and a router with one choice."""
    shape = model.shape
    weights: dict[str, Tensor] = {
        _class_name(name): p[None] if ".experts." in name else p
        for name, p in model.named_parameters()
    }
    for layer in range(shape.layers):
        own = f"model.decoder.layers.{layer}"
        weights[f"{own}.router.scale"] = torch.ones(shape.width)
        weights[f"{own}.router.per_expert_scale"] = torch.ones(1)
        weights[f"{own}.router.proj.weight"] = torch.zeros(1, shape.width)
    return weights


def _class_name(name: str) -> str:
    """The class keeps all that both sides share with its decoder."""
    if name.endswith(".encoder_scalar"):
        _, layer, _ = name.split(".")
        return f"model.encoder.language_model.layers.{layer}.layer_scalar"
    return f"model.decoder.{name}"


def configuration(shape: Shape) -> dict[str, object]:
    """``config.json``: the text model's sizes, and the smallest vision tower there can be."""
    text = {
        "model_type": "diffusion_gemma_text",
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.width,
        "intermediate_size": shape.dense,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.key_heads,
        "num_global_key_value_heads": shape.key_heads,
        "head_dim": shape.head_width,
        "global_head_dim": shape.head_width,
        "num_experts": 1,
        "top_k_experts": 1,
        "moe_intermediate_size": shape.expert,
        "layer_types": shape.layer_types,
        "sliding_window": WINDOW,
        "max_position_embeddings": 4 * WINDOW,
        "final_logit_softcapping": SOFTCAP,
        "hidden_activation": "gelu_pytorch_tanh",
        "use_bidirectional_attention": "vision",
        "tie_word_embeddings": True,
        "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2,
    }  # fmt: skip
    vision = {
        "model_type": "gemma4_vision",
        "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
        "num_attention_heads": 1, "num_key_value_heads": 1, "head_dim": 16, "global_head_dim": 16,
        "patch_size": 4, "position_embedding_size": 4,
    }  # fmt: skip
    unused = shape.vocabulary  # No text can contain an image token that is not in the vocabulary.
    return {
        "architectures": ["DiffusionGemmaForBlockDiffusion"],
        "model_type": "diffusion_gemma",
        "canvas_length": CANVAS_LENGTH,
        "text_config": text,
        "vision_config": vision,
        "boi_token_id": unused, "eoi_token_id": unused + 1, "image_token_id": unused + 2,
        "tie_word_embeddings": True,
            }  # fmt: skip
