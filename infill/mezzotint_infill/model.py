"""A checkpoint, loaded: its network (``passes.py``), and the words that its tokens stand for.

``network.py`` makes the network, under a memory plan with weights in fewer bits; a single expert has
no router (``single_expert.py``).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from mezzotint_infill.checkpoint import (
    EMBEDDED,
    brief,
    defaults_in,
    find_checkpoint,
    named_tokens,
    read_config,
    read_generation_config,
    read_grammar,
)
from mezzotint_infill.errors import DamagedModelError, ModelError
from mezzotint_infill.memory.cost import CONTEXT
from mezzotint_infill.memory.exhausted import ran_out
from mezzotint_infill.memory.plan import MemoryPlan
from mezzotint_infill.network import read_stock
from mezzotint_infill.packed.loading import find_planned, read_planned
from mezzotint_infill.passes import Passes
from mezzotint_infill.quantized.modules import parameter_count
from mezzotint_infill.single_expert import leave_out_routing
from mezzotint_infill.vocabulary import Vocabulary, read_vocabulary

SMALL = 100_000_000
"""Parameters."""
CHAT_CONTEXT = 2048
"""Tokens. A chat prompt shows them twice, and snippets and the suffix beside them: within the
context that memory plans keep room for."""


class Model(Passes):
    """Weights on a device, with the tokenizer and the special tokens that belong to them."""

    def __init__(
        self,
        network: Any,
        tokenizer: Tokenizer,
        name: str,
        folder: Path,
    ) -> None:
        super().__init__(network)
        text = network.config.get_text_config()
        # Despite its name: code that spells a special token is encoded as the text it is.
        tokenizer.encode_special_tokens = True
        self.tokenizer = tokenizer
        self.name = name
        self.canvas_length: int = network.config.canvas_length or 256
        generation = read_generation_config(folder)
        self.defaults = defaults_in(generation)
        self.grammar = read_grammar(tokenizer, folder)
        turns = self.grammar.turns
        self.context: int = _context(text, is_chat=turns is not None)
        self.parameters = parameter_count(network)
        named = {self.grammar.eos, *named_tokens(read_config(folder), generation)}
        ends = {turns.end} if turns else set[int]()
        self.tokens: Vocabulary = read_vocabulary(tokenizer, self.vocabulary, named | ends)

    def encode(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def decode(self, tokens: Sequence[int]) -> str:
        return self.tokenizer.decode(list(tokens), skip_special_tokens=False)


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
        model = Model(network.eval(), tokenizer, name, folder)
    except ModelError:
        raise
    # The Rust tokenizer raises bare ``Exception``; a bad file can fail anywhere in the loader.
    except Exception as error:
        if ran_out(error):
            raise
        raise DamagedModelError(f"The model at {folder} cannot be read: {brief(error)}") from error
    if place.type == "cuda":
        model.use_kernels()
        # A pass whose weights come while it goes on cannot be recorded.
        model.settle(CONTEXT, may_record=plan is None or not plan.is_streamed)
    return model


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


def _context(text: Any, *, is_chat: bool) -> int:
    """How many tokens of the file before the hole the encoder is shown."""
    if is_chat:
        return min(CHAT_CONTEXT, text.max_position_embeddings // 4)
    # What the embedded model is trained on.
    return min(text.sliding_window, text.max_position_embeddings) // 2


def _precision(place: torch.device) -> torch.dtype:
    """bfloat16 where the hardware multiplies it; an emulated one is slower than float32."""
    if place.type != "cpu":
        return torch.bfloat16
    # ``get_capabilities`` is newer than the oldest torch that is allowed.
    found: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    is_native = found.get("avx512_bf16") or found.get("amx_bf16")
    return torch.bfloat16 if is_native else torch.float32
