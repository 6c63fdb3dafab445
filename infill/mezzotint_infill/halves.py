"""The two halves of a network, called: the encoder reads, the decoder denoises what is behind it.

transformers' ``DiffusionGemmaForBlockDiffusion`` does all the arithmetic. Two things are done around
it: keys and values are kept where the caller says, and soft embeddings are handed to the model's
self-conditioning instead of logits.
"""

from functools import partial
from typing import Any

from torch import Tensor, nn

from mezzotint_infill.prefix_cache import ReadingPass, WritingPass
from mezzotint_infill.static_pass import Behind, Inputs


class Halves:
    """Of one network."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self._soft: Tensor | None = None
        self.decoder.self_conditioning.register_forward_pre_hook(self._hand_over_soft)
        for index, layer in enumerate(self.decoder.layers):
            layer.self_attn.append_to_cache = partial(_behind_prefix, index)

    @property
    def decoder(self) -> Any:
        return self._network.model.decoder

    @property
    def encoder(self) -> Any:
        return self._network.model.encoder.language_model

    @property
    def layers(self) -> list[Any]:
        """Of both."""
        return [*self.decoder.layers, *self.encoder.layers]

    def decode(
        self,
        tokens: Tensor,
        places: Tensor,
        soft: Tensor,
        cache: ReadingPass | Behind,
        masks: dict[str, Tensor] | None = None,
    ) -> Tensor:
        """Hidden states ``(B, C, H)`` of canvases ``(B, C)``."""
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

    def encode(
        self,
        tokens: Tensor,
        places: Tensor,
        cache: WritingPass | ReadingPass | Behind,
        masks: dict[str, Tensor],
    ) -> Tensor:
        """Hidden states ``(B, T, H)`` of texts ``(B, T)``."""
        return self.encoder(
            input_ids=tokens, attention_mask=masks, position_ids=places, past_key_values=cache
        ).last_hidden_state

    def decode_in_place(self, inputs: Inputs, cache: Behind, masks: dict[str, Tensor]) -> Tensor:
        """As a static pass asks for it."""
        return self.decode(inputs.tokens, inputs.places, inputs.soft, cache, masks)

    def encode_in_place(self, inputs: Inputs, cache: Behind, masks: dict[str, Tensor]) -> Tensor:
        """As a static pass asks for it."""
        return self.encode(inputs.tokens, inputs.places, cache, masks)

    def _hand_over_soft(self, _module: nn.Module, inputs: tuple[Tensor, Tensor]) -> Any:
        """The class takes logits, the vocabulary wide, and softens them; ours are soft already."""
        return (inputs[0], self._soft) if self._soft is not None else inputs


def _behind_prefix(
    layer: int, prefix: ReadingPass | Behind, keys: Tensor, values: Tensor
) -> tuple[Tensor, Tensor]:
    """Stands in for the class' own way of putting the canvas behind the prompt."""
    return prefix.update(keys, values, layer)
