"""Every kernel is compiled for cards that are not here, as the 26B's shapes start it.

Triton needs no card for that. What is checked is what compilers refuse, and that a program's
shared memory is there on the smallest card.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from mezzotint_infill.kernels.gelu import gelu_product
from mezzotint_infill.kernels.likelihood import log_chances
from mezzotint_infill.kernels.linear import tiled_linear
from mezzotint_infill.kernels.moe import tiled_experts
from mezzotint_infill.kernels.norm import add_norms, join_blocks, rms_norm
from mezzotint_infill.kernels.rotary import norm_heads
from mezzotint_infill.kernels.route import route
from mezzotint_infill.kernels.sample import sample
from mezzotint_infill.kernels.scores import Scores
from mezzotint_infill.kernels.soften import soften
from mezzotint_infill.memory.plan import Format
from mezzotint_infill.quantized.weight import empty_weight

triton: Any = pytest.importorskip("triton")

SHARED = {80: 166_912, 89: 101_376, 90: 232_448, 100: 232_448, 120: 101_376}
"""Bytes that one program may have, by compute capability (CUDA programming guide)."""
TYPES = {
    torch.bfloat16: "*bf16",
    torch.float32: "*fp32",
    torch.uint8: "*u8",
    torch.int32: "*i32",
    torch.int64: "*i64",
}
HIDDEN, INNER, DENSE, EXPERTS, CHOICES, VOCABULARY = 2816, 704, 2112, 128, 8, 262_144


def empty(*shape: int, dtype: torch.dtype = torch.bfloat16) -> torch.Tensor:
    return torch.empty(shape, dtype=dtype, device="meta")


def start_experts(kind: Format, tokens: int) -> None:
    meta = torch.device("meta")
    gate_up = empty_weight((EXPERTS, 2 * INNER, HIDDEN), kind, meta)
    down = empty_weight((EXPERTS, HIDDEN, INNER), kind, meta)
    index = empty(tokens, CHOICES, dtype=torch.int64)
    weights = empty(tokens, CHOICES, dtype=torch.float32)
    tiled_experts(empty(tokens, HIDDEN), index, weights, gate_up, down)


def start_linear(kind: Format, rows: int) -> None:
    meta = torch.device("meta")
    tiled_linear(empty(rows, DENSE), empty_weight((HIDDEN, DENSE), kind, meta))
    tiled_linear(empty(rows, HIDDEN), empty_weight((8192, HIDDEN), kind, meta))


def start_vocabulary(kind: Format) -> None:
    temperature, edges = empty(dtype=torch.float32), empty(64, dtype=torch.int64)
    masks = empty(4, VOCABULARY, dtype=torch.bool)
    scores = Scores(empty(64, VOCABULARY), 30.0, temperature, masks, edges)
    sample(scores, empty(2, dtype=torch.int64), edges)
    embeddings = empty_weight((VOCABULARY, HIDDEN), kind, torch.device("meta"))
    log_chances(empty(64, VOCABULARY), 30.0, edges)
    soften(scores, empty(64, dtype=torch.float32), embeddings, 53.0)


def start_small_ones() -> None:
    # Those that a layer keeps together are float32 (``fused_layer.py``).
    x, weight, weights = empty(64, HIDDEN), empty(HIDDEN), empty(3, HIDDEN, dtype=torch.float32)
    rms_norm(x, weight, 1e-6)
    rms_norm(x, None, 1e-6)
    add_norms(x, weight, x, weights, 1e-6)
    join_blocks(x, x, x, weights, empty(1), 1e-6)
    for heads, width, sources in (((16, 2), 512, 18), ((16, 8), 256, 32)):
        places, norms = empty(64, width), empty(3, width, dtype=torch.float32)
        norm_heads(empty(64, sources, width), norms, places, places, 1e-6, heads)
    route(empty(64, EXPERTS), empty(EXPERTS), CHOICES)
    gelu_product(empty(64, 2 * DENSE))


STARTS: dict[str, Callable[[], None]] = {
    **{f"experts-{kind}-64": lambda kind=kind: start_experts(kind, 64) for kind in Format},
    **{f"experts-{kind}-640": lambda kind=kind: start_experts(kind, 640) for kind in Format},
    **{f"linear-{kind}": lambda kind=kind: start_linear(kind, 64) for kind in Format},
    "vocabulary-bf16": lambda: start_vocabulary(Format.BF16),
    "vocabulary-fp8": lambda: start_vocabulary(Format.FP8),
    "small": start_small_ones,
}
USUAL = {
    80: ("experts-fp8-64",),
    89: ("experts-int4-g32-640", "experts-bf16-64", "linear-fp8", "vocabulary-fp8", "small"),
    90: ("experts-int4-g64-64",),
}
CASES = (
    [(int(card), name) for card in CARDS.split(",") for name in STARTS]
    if (CARDS := os.environ.get("MEZZOTINT_CARDS"))
    else [(card, name) for card, names in USUAL.items() for name in names]
)
"""``MEZZOTINT_CARDS=80,89,90,120`` compiles everything for these."""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[Any, Any, Any]]:
    """Kernels with their arguments, which are started no further."""
    calls: list[tuple[Any, Any, Any]] = []

    def note(kernel: Any, *args: Any, grid: Any, warmup: bool, **options: Any) -> None:
        calls.append((kernel, args, options))

    monkeypatch.setattr(triton.JITFunction, "run", note)
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    return calls


@pytest.mark.parametrize(("card", "name"), CASES)
def test_it_compiles_and_fits(card: int, name: str, started: list[tuple[Any, Any, Any]]):
    STARTS[name]()

    assert started
    for kernel, args, options in started:
        made = compiled(kernel, args, dict(options), card)
        assert made.metadata.shared <= SHARED[card], kernel.__name__


def compiled(kernel: Any, args: Any, options: dict[str, Any], card: int) -> Any:
    """As Triton would at the kernel's start, on a card of this compute capability."""
    places = {parameter.name: parameter for parameter in kernel.params}
    given = dict(zip(places, args, strict=False))
    given |= {name: options.pop(name) for name in list(options) if name in places}
    signature: dict[str, str] = {}
    constants: dict[str, Any] = {}
    aligned: dict[Any, Any] = {}
    for name, parameter in places.items():
        value: Any = given[name]
        is_free = not parameter.is_constexpr and not parameter.do_not_specialize
        if isinstance(value, torch.Tensor):
            signature[name] = TYPES[value.dtype]
        elif parameter.is_constexpr or (is_free and value == 1):
            signature[name], constants[name] = "constexpr", value
        else:
            signature[name] = "fp32" if isinstance(value, float) else "i32"
        if isinstance(value, torch.Tensor) or (is_free and value % 16 == 0):
            aligned[(parameter.num,)] = [["tt.divisibility", 16]]
    source = triton.compiler.ASTSource(kernel, signature, constants, attrs=aligned)
    target = triton.backends.compiler.GPUTarget("cuda", card, 32)
    return triton.compile(source, target=target, options=options)
