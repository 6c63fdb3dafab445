"""The models that are measured without their weights: the published one, and a tiny one for tests."""

import json
from pathlib import Path
from typing import Any

from mezzotint_infill.memory.recorded import recorded_facts

REAL, TINY = "26b", "tiny"
SHAPES = (REAL, TINY)


def write_config(shape: str, folder: Path) -> None:
    """Put a shape's ``config.json`` and ``generation_config.json`` into a folder."""
    facts = recorded_facts()
    config = facts["config"] if shape == REAL else _tiny(facts["config"])
    for name, values in (("config", config), ("generation_config", facts["generation_config"])):
        (folder / f"{name}.json").write_text(json.dumps(values), encoding="utf-8")


def _tiny(real: dict[str, Any]) -> dict[str, Any]:
    """The same with every size cut down; the ratios that formats and attention go by stay."""
    text = real["text_config"] | {
        "hidden_size": 64,
        "num_hidden_layers": 6,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
        "global_head_dim": 32,
        "num_global_key_value_heads": 1,
        "intermediate_size": 128,
        "num_experts": 8,
        "top_k_experts": 2,
        "moe_intermediate_size": 64,
        "sliding_window": 64,
        "vocab_size": 512,
        "max_position_embeddings": 4096,
    }
    vision = real["vision_config"] | {
        "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
        "num_attention_heads": 1, "num_key_value_heads": 1, "head_dim": 16,
    }  # fmt: skip
    return real | {
        "text_config": text,
        "vision_config": vision,
        "boi_token_id": 510,
        "eoi_token_id": 511,
        "image_token_id": 509,
    }
