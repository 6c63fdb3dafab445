"""Noise for the Gumbel trick, by counting: Philox of the seed, the step, the slot and the token.

Nothing is kept between calls and no table of noise exists, so the same seed draws the same tokens
in a captured graph, in another order of blocks, or on a CPU. One count makes noise for four tokens
that lie a lane apart.
"""

import torch
from torch import Tensor

from mezzotint_infill.kernels.language import Block, Number, Pointer, jit, tl

LANE = 1024
"""Tokens between two of the same count."""
_ROUNDS = 10
_MASK = 0xFFFFFFFF


def gumbel_noise(noise: Tensor, slots: Tensor, vocabulary: int) -> Tensor:
    """What kernels add to scores, ``(N, vocabulary)`` float32, for ``slots`` ``(N,)`` int64.

    ``noise`` is seed and step.
    """
    token = torch.arange(vocabulary, device=noise.device)
    count = token // (4 * LANE) * LANE + token % LANE
    which = token // LANE % 4
    slot = slots[:, None]
    seed, step = noise.unbind()
    zero = (0 * count).expand(len(slots), -1)
    counts = [zero + count, zero + slot, zero + (step & _MASK), zero]
    words = torch.stack(_philox(counts, seed))
    drawn = words.gather(0, which.expand(1, len(slots), -1)).squeeze(0)
    share = ((drawn >> 1).float() + 0.5) * 2.0**-31
    near_zero = share * (1.0 + share * (0.5 + share * 0.33333334))
    waiting = torch.where(share < 0.01, near_zero, -torch.log(1.0 - share))
    return -waiting.clamp(max=30.0).log()


def _philox(counts: list[Tensor], seed: Tensor) -> list[Tensor]:
    """Philox 4x32 (Salmon et al., SC 2011), words of 32 bits in int64."""
    a, b, c, d = counts
    low, high = seed & _MASK, seed >> 32 & _MASK
    for _ in range(_ROUNDS):
        left, right = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (
            (right >> 32 & _MASK) ^ b ^ low,
            right & _MASK,
            (left >> 32 & _MASK) ^ d ^ high,
            left & _MASK,
        )
        low, high = low + 0x9E3779B9 & _MASK, high + 0xBB67AE85 & _MASK
    return [a, b, c, d]


@jit
def noise_words(noise: Pointer, slot: Number, count: Block):
    """Four blocks of 32 random bits."""
    zero = count.to(tl.uint32) * 0
    step = zero + tl.load(noise + 1).to(tl.uint32)
    return tl.philox(tl.load(noise), count.to(tl.uint32), zero + slot.to(tl.uint32), step, zero)


@jit
def gumbel(word: Block):
    """Minus the logarithm of an exponential variable, which is finite for every word.

    ``-log(1 - u)`` for a share u of ``(0, 1)``: where u is small, and the noise large, by its
    series, since float32 has no numbers just below 1 to tell such shares apart by.
    """
    share = ((word >> 1).to(tl.int32, bitcast=True).to(tl.float32) + 0.5) * 4.656612873077393e-10
    near_zero = share * (1.0 + share * (0.5 + share * 0.33333334))
    waiting = tl.where(share < 0.01, near_zero, -tl.log(1.0 - share))
    return -tl.log(tl.minimum(waiting, 30.0))
