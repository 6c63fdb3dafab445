"""A checkpoint's folder: where it lies, and what its small files say of it.

Knows no network: ``model.py`` reads the weights.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tokenizers import Tokenizer

from mezzotint_infill.chat_template import Turns
from mezzotint_infill.embedded import CHECKPOINT, EMBEDDED
from mezzotint_infill.errors import DamagedModelError, UnknownModelError
from mezzotint_infill.prompt import Grammar

FILES = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "model*.safetensors",
    "model.safetensors.index.json",
)
"""What is read of a checkpoint, and all that is fetched of one."""
MODEL_TYPE = "diffusion_gemma"

SIZES = (
    "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
    "num_key_value_heads", "head_dim", "sliding_window", "num_experts", "top_k_experts",
    "moe_intermediate_size",
)  # fmt: skip
"""What a ``text_config`` has to say itself. The class has a default for each of them, and they are
the sizes of no checkpoint: its hidden size is 2304, and the published one's 2816."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """The checkpoint's own sampling, from ``generation_config.json``."""

    steps: int
    entropy_bound: float
    t_max: float
    t_min: float
    confidence_threshold: float


def find_checkpoint(name: str) -> Path:
    """The folder of a DiffusionGemma: ``embedded``, a path, or a name in the Hub's local cache.

    Raises :class:`UnknownModelError` or :class:`DamagedModelError`.
    """
    folder = _folder(name)
    _require_type(folder, name)
    return folder


def require_shape(config: Mapping[str, Any], place: str) -> None:
    """Raises :class:`DamagedModelError` for a config that leaves sizes to the class's defaults."""
    text = config.get("text_config")
    sizes = cast(dict[str, Any], text) if isinstance(text, dict) else dict[str, Any]()
    # A size of no number would fail later on, and with less of a sentence.
    missing = [name for name in SIZES if not isinstance(sizes.get(name), int)]
    if missing:
        raise DamagedModelError(
            f"The config.json of {place} does not say how large the model is: its text_config has"
            f" no {missing[0]}."
        )


def read_config(folder: Path) -> dict[str, Any]:
    """Raises :class:`DamagedModelError`."""
    try:
        read = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedModelError(
            f"The config.json of the model at {folder} cannot be read: {brief(error)}"
        ) from error
    if isinstance(read, dict):
        return cast(dict[str, Any], read)
    raise DamagedModelError(f"The config.json of the model at {folder} is no object.")


def read_generation_config(folder: Path) -> dict[str, Any]:
    """``from_pretrained`` would leave it out of a model that is built by hand."""
    return json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))


def defaults_in(read: Mapping[str, Any]) -> Defaults:
    """What a ``generation_config.json`` says of sampling."""
    sampler: dict[str, Any] = read.get("sampler_config") or {}
    return Defaults(
        steps=int(read.get("max_denoising_steps") or 48),
        entropy_bound=float(sampler.get("entropy_bound") or 0.1),
        t_max=float(read.get("t_max") or 0.8),
        t_min=float(read.get("t_min") or 0.4),
        confidence_threshold=float(read.get("confidence_threshold") or 0.005),
    )


def read_grammar(tokenizer: Tokenizer, folder: Path) -> Grammar:
    """Raises :class:`DamagedModelError` if a special token is missing."""

    def token(text: str) -> int:
        number = tokenizer.token_to_id(text)
        if number is None:
            raise DamagedModelError(f"The tokenizer in {folder} has no {text} token.")
        return number

    turns = None
    if tokenizer.token_to_id("<turn|>") is not None:
        turns = Turns(token("<|turn>"), token("<turn|>"), token("<|channel>"), token("<channel|>"))
    return Grammar(bos=token("<bos>"), eos=token("<eos>"), turns=turns)


def named_tokens(config: Mapping[str, Any], generation: Mapping[str, Any]) -> set[int]:
    """The ids of tokens that a checkpoint's two configs name for some purpose: none is text.

    Images' and the ends of replies are among them, whatever the tokenizer says of these.
    """
    text: dict[str, Any] = config.get("text_config") or {}
    named: list[Any] = []
    for name, value in (*config.items(), *text.items(), *generation.items()):
        if name.endswith("_token_id"):
            # A list where there are several, nothing where there is none.
            named += cast(list[Any], value) if isinstance(value, list) else [value]
    return {token for token in named if isinstance(token, int)}


def brief(error: BaseException) -> str:
    """The first line of somebody else's error, to be quoted in a sentence of ours."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return first if len(first) <= 160 else f"{first[:157]}..."


def _folder(name: str) -> Path:
    try:
        folder = CHECKPOINT if name == EMBEDDED else Path(name).expanduser()
        if (folder / "config.json").is_file():
            return folder
        is_there = folder.exists()
    except (OSError, RuntimeError):  # too long for a path; a home folder that nobody has
        is_there = False
    if is_there:
        raise UnknownModelError(f"There is no model in {name}: it has no config.json.")
    return _downloaded(name)


def _downloaded(name: str) -> Path:
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    hub: Any = huggingface_hub  # typed here and there
    try:
        return Path(hub.snapshot_download(name, local_files_only=True, allow_patterns=FILES))
    except (HFValidationError, LocalEntryNotFoundError):
        raise UnknownModelError(
            f"No model {name!r}: neither a folder with a config.json nor a downloaded model. "
            f"The one that ships with mezzotint is called {EMBEDDED!r}."
        ) from None


def _require_type(folder: Path, name: str) -> None:
    """``from_pretrained`` would make up 26 B weights for a checkpoint of another type or size."""
    read = read_config(folder)
    found = read.get("model_type")
    if found != MODEL_TYPE:
        raise UnknownModelError(f"{name} is a model of the type {found}, not {MODEL_TYPE}.")
    require_shape(read, f"the model at {folder}")
