"""A checkpoint, loaded: the only module that touches transformers' model classes.

``DiffusionGemmaForBlockDiffusion`` does all the arithmetic. Three things are done around it: the
prompt is kept in our own cache (``prefix_cache.py``), soft embeddings are handed to the model's
self-conditioning instead of logits, and the output layer sees the free positions only.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import DiffusionGemmaForBlockDiffusion

from mezzotint_infill.embedded import CHECKPOINT
from mezzotint_infill.errors import DamagedModelError, UnknownModelError
from mezzotint_infill.prefix_cache import GrowingCache, LayerCache, PrefixCache, causal_masks
from mezzotint_infill.prompt import Grammar, Turns
from mezzotint_infill.vocabulary import Vocabulary, read_vocabulary

EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class Defaults:
    """The checkpoint's own sampling, from ``generation_config.json``."""

    steps: int
    entropy_bound: float
    t_max: float
    t_min: float
    confidence_threshold: float


class Model:
    """Weights on a device, with the tokenizer and the special tokens that belong to them."""

    def __init__(
        self,
        network: DiffusionGemmaForBlockDiffusion,
        tokenizer: Tokenizer,
        name: str,
        folder: Path,
    ) -> None:
        # The class is untyped here and there; ``Any`` ends that at this one attribute.
        self._network = cast(Any, network)
        self._soft: Tensor | None = None
        self._decoder().self_conditioning.register_forward_pre_hook(self._hand_over_soft)
        text = network.config.get_text_config()
        # Despite its name: code that spells a special token is encoded as the text it is.
        tokenizer.encode_special_tokens = True
        self.tokenizer = tokenizer
        self.name = name
        self.canvas_length: int = network.config.canvas_length or 256
        self.context: int = min(text.sliding_window, text.max_position_embeddings) // 2
        self.window: int = text.sliding_window
        self.vocabulary: int = text.vocab_size
        self.defaults = _defaults(folder)
        self.grammar = _grammar(tokenizer, folder)
        turns = self.grammar.turns
        ends = {self.grammar.eos, *([turns.end] if turns else [])}
        self.tokens: Vocabulary = read_vocabulary(tokenizer, self.vocabulary, ends)
        self._layer_types: list[str] = text.layer_types

    @property
    def device(self) -> torch.device:
        return self._network.device

    @property
    def network(self) -> DiffusionGemmaForBlockDiffusion:
        """The stock model, for comparing with its own ``generate``."""
        return self._network

    def encode(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def decode(self, tokens: Sequence[int]) -> str:
        return self.tokenizer.decode(list(tokens), skip_special_tokens=False)

    @torch.inference_mode()
    def read(self, tokens: Sequence[int], before: PrefixCache | None = None) -> PrefixCache:
        """Encode a prompt; what it has in common with the one before is not encoded again."""
        known = 0 if before is None else min(before.common(tokens), len(tokens) - 1)
        layers = self._empty() if before is None else [layer.cut(known) for layer in before.layers]
        cache = GrowingCache(layers)
        hidden = self._encoder_pass(torch.tensor([tokens[known:]], device=self.device), cache)
        return PrefixCache(tuple(tokens), cache.layers, hidden[:, -1:])

    @torch.inference_mode()
    def log_likelihoods(self, prefix: PrefixCache, tokens: Tensor) -> Tensor:
        """What the causal encoder gives each token ``(B, N)`` after the prefix and those before
        it, in nats; exact left-to-right likelihoods."""
        cache = GrowingCache(prefix.layers, batch=len(tokens))
        hidden = self._encoder_pass(tokens, cache)
        first = prefix.last_hidden.expand(len(tokens), -1, -1)
        logits = self._output(torch.cat((first, hidden[:, :-1]), dim=1))
        return torch.log_softmax(logits, dim=-1).gather(-1, tokens[..., None]).squeeze(-1)

    @torch.inference_mode()
    def logits(self, prefix: PrefixCache, canvas: Tensor, slots: Tensor, soft: Tensor) -> Tensor:
        """Scores ``(B, M, V)`` at the slots of canvases ``(B, C)`` behind one prefix."""
        places = torch.arange(canvas.shape[1], device=self.device) + len(prefix)
        self._soft = soft
        try:
            hidden = self._network.model(
                past_key_values=prefix.for_batch(len(canvas)),
                decoder_input_ids=canvas,
                decoder_position_ids=places[None],
            ).last_hidden_state
        finally:
            self._soft = None
        chosen = hidden.gather(1, slots[..., None].expand(-1, -1, hidden.shape[-1]))
        return self._output(chosen)

    def embed(self, tokens: Tensor) -> Tensor:
        """Scaled embeddings ``(..., H)``."""
        return self._decoder().embed_tokens(tokens)

    def soften(self, chances: Tensor) -> Tensor:
        """Mean scaled embeddings ``(..., H)`` of distributions ``(..., V)``."""
        table = self._decoder().embed_tokens
        return (chances.to(table.weight.dtype) @ table.weight) * table.scalar_embed_scale

    def _decoder(self) -> Any:
        return self._network.model.decoder

    def _encoder_pass(self, tokens: Tensor, cache: GrowingCache) -> Tensor:
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
        return torch.tanh(F.linear(hidden, self._network.lm_head.weight).float() / cap) * cap

    def _empty(self) -> list[LayerCache]:
        layers: list[LayerCache] = []
        for kind, layer in zip(self._layer_types, self._decoder().layers, strict=True):
            attention = layer.self_attn
            heads = attention.k_proj.out_features // attention.head_dim
            empty = attention.k_proj.weight.new_empty(1, heads, 0, attention.head_dim)
            layers.append(
                LayerCache(empty, empty, self.window if kind == "sliding_attention" else None)
            )
        return layers

    def _hand_over_soft(self, _module: nn.Module, inputs: tuple[Tensor, Tensor]) -> Any:
        """The class takes logits, the vocabulary wide, and softens them; ours are soft already."""
        return (inputs[0], self._soft) if self._soft is not None else inputs


def load_model(name: str = EMBEDDED, device: str | None = None) -> Model:
    """Read a checkpoint: ``embedded``, a folder, or the name of one in the Hub's local cache.

    Raises :class:`UnknownModelError` or :class:`DamagedModelError`.
    """
    folder = _folder(name)
    place = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    dtype = torch.float32 if place.type == "cpu" else torch.bfloat16
    try:
        network, report = DiffusionGemmaForBlockDiffusion.from_pretrained(
            folder, dtype=dtype, use_safetensors=True, output_loading_info=True,
            local_files_only=True,
        )  # fmt: skip
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        if missing := report["missing_keys"]:
            raise DamagedModelError(f"The model at {folder} lacks weights: {sorted(missing)[0]}.")
        model = cast(Any, network)
        model.model.encoder.vision_tower = None
        model.model.encoder.embed_vision = None
        return Model(model.to(place).eval(), tokenizer, name, folder)
    except DamagedModelError:
        raise
    # The Rust tokenizer raises bare ``Exception``; a bad file can fail anywhere in the loader.
    except (SafetensorError, Exception) as error:
        raise DamagedModelError(f"The model at {folder} cannot be read: {_brief(error)}") from error


def _folder(name: str) -> Path:
    folder = CHECKPOINT if name == EMBEDDED else Path(name).expanduser()
    if (folder / "config.json").is_file():
        return folder
    if folder.exists():
        raise UnknownModelError(f"There is no model in {folder}: it has no config.json.")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError):
        raise UnknownModelError(
            f"No model {name!r}: neither a folder with a config.json nor a downloaded model. "
            f"The one that ships with mezzotint is called {EMBEDDED!r}."
        ) from None


def _defaults(folder: Path) -> Defaults:
    """``from_pretrained`` would leave these out of a model that is built by hand."""
    read = json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))
    return Defaults(
        steps=int(read.get("max_denoising_steps") or 48),
        entropy_bound=float((read.get("sampler_config") or {}).get("entropy_bound") or 0.1),
        t_max=float(read.get("t_max") or 0.8),
        t_min=float(read.get("t_min") or 0.4),
        confidence_threshold=float(read.get("confidence_threshold") or 0.005),
    )


def _grammar(tokenizer: Tokenizer, folder: Path) -> Grammar:
    def token(text: str) -> int:
        number = tokenizer.token_to_id(text)
        if number is None:
            raise DamagedModelError(f"The tokenizer in {folder} has no {text} token.")
        return number

    turns = None
    if tokenizer.token_to_id("<turn|>") is not None:
        turns = Turns(token("<|turn>"), token("<turn|>"), token("<|channel>"), token("<channel|>"))
    return Grammar(bos=token("<bos>"), eos=token("<eos>"), turns=turns)


def _brief(error: BaseException) -> str:
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return first if len(first) <= 160 else f"{first[:157]}..."
