"""The assembly that widens weights, run here: no interpreter does, and there may be no card.

Only the few instructions that it is made of are known here, as the PTX manual defines them.
"""

import re
import struct
from collections.abc import Callable
from typing import Any

import torch

from mezzotint_infill.kernels import decode

WORDS = [(byte, byte + 64, byte + 128, byte + 192) for byte in range(64)]
"""Every byte once."""


def run(assembly: Any, registers: dict[str, int]) -> dict[str, int]:
    """Run it on registers of 32 bits, ``$0`` and so on among them; all that are there afterwards."""
    text: str = getattr(assembly, "value", assembly)
    for line in text.splitlines():
        words = re.findall(r"[\w.$]+", line)
        if not words or words[0].startswith(".reg"):
            continue
        name, to, *operands = words
        values = [registers[it] if it in registers else int(it, 0) for it in operands]
        registers[to] = INSTRUCTIONS[name](*values) & 0xFFFFFFFF
    return registers


def permute(low: int, high: int, selector: int) -> int:
    pool = low.to_bytes(4, "little") + high.to_bytes(4, "little")
    return int.from_bytes([pool[selector >> 4 * i & 7] for i in range(4)], "little")


def multiply_add(a: int, b: int, c: int) -> int:
    halves = [
        x * y + z for x, y, z in zip(numbers_in(a), numbers_in(b), numbers_in(c), strict=True)
    ]
    low, high = (struct.unpack("<I", struct.pack("<f", half))[0] for half in halves)
    assert not (low | high) & 0xFFFF, "nothing is rounded"
    return low >> 16 | high


def numbers_in(word: int) -> list[float]:
    """The two bfloat16 numbers of a register, the lower half first."""
    bits = ((word & 0xFFFF) << 16, word & 0xFFFF0000)
    return [struct.unpack("<f", struct.pack("<I", each))[0] for each in bits]


INSTRUCTIONS: dict[str, Callable[..., int]] = {
    "mov.b32": int,
    "and.b32": int.__and__,
    "or.b32": int.__or__,
    "shr.b32": int.__rshift__,
    "prmt.b32": permute,
    "fma.rn.bf16x2": multiply_add,
}


def test_every_byte_is_the_number_that_torch_makes_of_it():
    for word in WORDS:
        after = run(decode.E4M3, {"$2": int.from_bytes(word, "little")})

        ours = torch.tensor([*numbers_in(after["$0"]), *numbers_in(after["$1"])])
        theirs = torch.tensor(word, dtype=torch.uint8).view(torch.float8_e4m3fn).float()
        is_number = ~theirs.isnan()
        assert torch.equal(ours[is_number], theirs[is_number])
        assert torch.equal(ours.signbit(), theirs.signbit())


def test_every_byte_is_two_nibbles_less_eight():
    for word in WORDS:
        after = run(decode.NIBBLES, {"$4": int.from_bytes(word, "little")})

        low = [*numbers_in(after["$0"]), *numbers_in(after["$1"])]
        high = [*numbers_in(after["$2"]), *numbers_in(after["$3"])]
        assert low == [(byte & 15) - 8 for byte in word]
        assert high == [(byte >> 4) - 8 for byte in word]
