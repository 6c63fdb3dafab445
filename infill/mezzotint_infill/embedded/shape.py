"""How large the embedded model is, and what a training pass gives it to read."""

from dataclasses import asdict, dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes that make the embedded model small."""

    vocabulary: int = 4096
    width: int = 256
    layers: int = 6
    heads: int = 4
    key_heads: int = 2
    head_width: int = 64
    dense: int = 384
    """Inner width of the dense feed-forward block and of self-conditioning."""
    expert: int = 128
    """Inner width of the one expert that runs beside it."""

    @property
    def layer_types(self) -> list[str]:
        """Five sliding layers to a full one; the last is full, as the class demands."""
        last = self.layers - 1
        return [
            "full_attention" if i == last or i % 6 == 5 else "sliding_attention"
            for i in range(self.layers)
        ]

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Rows:
    """``B`` rows of a prefix of ``P`` tokens and ``K`` canvases of ``C`` positions that read it."""

    prefix: Tensor  # (B, P) token ids
    canvas: Tensor  # (B, K, C) token ids, noise included
    visible: Tensor  # (B, K) how many tokens of the prefix a canvas reads
    soft: Tensor | None = None  # (B, K, C, H) self-conditioning, scaled; None is zeros
