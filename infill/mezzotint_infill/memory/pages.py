"""The page about memory plans, and the recorded sizes that plans are worked out from.

Both are made from ``diffusiongemma-26b.json`` and this code: ``python -m
mezzotint_infill.memory.pages`` writes them, and a test holds the files against what is made.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cattrs

from mezzotint_infill.errors import DoesNotFitError
from mezzotint_infill.memory.choice import choose_plan, least_cost
from mezzotint_infill.memory.cost import CONTEXT, GB, Cost, Room, cost_of, in_gb
from mezzotint_infill.memory.plan import PLANS
from mezzotint_infill.memory.recorded import NAME, recorded_facts, recorded_shape
from mezzotint_infill.memory.shape import Matrices, ModelShape, Part

CARDS_GB = (8, 12, 16, 18, 20, 24, 32, 48, 64, 80, 141)
CONTEXTS = (2048, 4096, 8192, 16384)

PARTS: Mapping[Part, str] = MappingProxyType(
    {
        Part.GATE_UP: "experts, gate and up",
        Part.DOWN: "experts, down",
        Part.ATTENTION: "attention",
        Part.FEED_FORWARD: "feed-forward",
        Part.SELF_CONDITIONING: "self-conditioning",
        Part.EMBEDDINGS: "embeddings",
        Part.ROUTER: "router",
        Part.NORMS: "norms",
        Part.LAYER_SCALARS: "layer scalars",
    }
)
"""What they are called where people read of them."""

_HEAD = f"""\
# Memory plans

Made from `infill/mezzotint_infill/memory/` by `make pages`; change it there.

A memory plan says in how many bits each part of {NAME} is kept on a CUDA card.
`mezzotint doctor` works out which one fits on yours, `mezzotint doctor --vram 18` on another.
The embedded model and a CPU need no plan.
GB are 10⁹ bytes; a card that is sold with 16 GB has a bit more.

`fp8` does not fit into 18 GB; `w4-fp8`, which does, is a mixture: experts in 4 bits, attention and dense layers in FP8, embeddings in bfloat16.
`stream` keeps layers that do not fit in the host's memory and brings them in for every step: it is not interactive.

## Formats
"""

_CHOICE = f"""\
## Which one is chosen

The first in the order of the tables that fits into the card's free memory with a context of {CONTEXT:,} tokens.
If none does, the engine says so with this arithmetic and does not start.
A context that does not fit is never shortened in silence: it frees less than a step from plan to plan, and costs what the model sees of a file.
"""


def page() -> str:
    """The page for people, in Markdown."""
    shape = recorded_shape()
    costs = [cost_of(shape, plan) for plan in PLANS]
    lines = [
        _HEAD,
        *_formats(),
        "",
        "## Weights, in bytes\n",
        *_weights(shape, costs),
        "",
        _left_out(shape),
        "",
        "## Everything else on the card\n",
        *_beside(costs[0]),
        "",
        *_contexts(shape),
        "",
        _CHOICE,
        *_cards(shape),
    ]
    return "\n".join(lines) + "\n"


def shape_record() -> str:
    """The sizes of all weights, counted from the recorded config."""
    from mezzotint_infill.memory.count import count_shape

    return _json(cattrs.unstructure(count_shape(recorded_facts()["config"])))


PAGES: Mapping[str, Any] = MappingProxyType(
    {
        "infill/mezzotint_infill/memory/diffusiongemma-26b.shape.json": shape_record,
        "docs/memory.md": page,
    }
)
"""Where each of them lies in the repository, and what makes it, in the order they need."""


def write_pages(root: Path) -> None:
    """Write them all anew."""
    for name, make in PAGES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make(), encoding="utf-8")


def _formats() -> Iterator[str]:
    yield from _table(["plan", "experts", "attention, feed-forward", "embeddings"])
    for plan in PLANS:
        formats = (plan.experts, plan.projections, plan.embeddings)
        yield _row([f"`{plan.name}`", *(it.value for it in formats)])


def _weights(shape: ModelShape, costs: Sequence[Cost]) -> Iterator[str]:
    yield from _table(["part", "parameters", *(f"`{cost.plan.name}`" for cost in costs)], 1)
    for part, name in PARTS.items():
        sizes = [dict(cost.weights)[part] for cost in costs]
        yield _row([name, *_figures([_parameters(shape, part), *sizes])])
    total = [sum(_parameters(shape, part) for part in Part), *(it.weight_bytes for it in costs)]
    yield _row(["**all**", *_figures(total)])
    yield _row(["**in GB**", "", *(in_gb(cost.weight_bytes) for cost in costs)])


def _parameters(shape: ModelShape, part: Part) -> int:
    weights: list[Matrices] = [it for it in shape.weights() if it.part is part]
    return sum(it.parameters for it in weights)


def _left_out(shape: ModelShape) -> str:
    vision = shape.vision_parameters
    return (
        f"The vision tower, {vision:,} parameters, is left out; with it there are"
        f" {vision + shape.parameters:,}, layer scalars not counted.\n"
        "`stream` is shown here as if all of its layers were on the card."
    )


def _beside(cost: Cost) -> Iterator[str]:
    yield from _table(["what", "GB", "how it comes about"])
    for item in cost.beside:
        yield _row([item.name, in_gb(item.bytes), item.source])
    yield _row(["**all**", in_gb(cost.total - cost.weight_bytes), ""])


def _contexts(shape: ModelShape) -> Iterator[str]:
    yield from _table(["context", *(f"`{plan.name}`" for plan in PLANS[:-1])], 0)
    for context in CONTEXTS:
        totals = [cost_of(shape, plan, Room(context)).total for plan in PLANS[:-1]]
        yield _row([f"{context:,} tokens", *(f"{in_gb(total)} GB" for total in totals)])


def _cards(shape: ModelShape) -> Iterator[str]:
    yield from _table(["free", "plan", "needs", "layers streamed"])
    for size in CARDS_GB:
        try:
            cost = choose_plan(shape, size * GB).cost
            name, streamed = f"`{cost.plan.name}`", str(cost.streamed_layers or "")
        except DoesNotFitError:
            cost = least_cost(shape, PLANS[-1], size * GB)
            name, streamed = "none", ""
        yield _row([f"{size} GB", name, f"{in_gb(cost.total)} GB", streamed])


def _table(names: Sequence[str], right_from: int | None = None) -> list[str]:
    """The first two lines of a table; columns from a number on hold figures."""
    first = len(names) if right_from is None else right_from
    return [_row(names), _row(["---" if n < first else "---:" for n in range(len(names))])]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _figures(numbers: Sequence[int]) -> list[str]:
    return [f"{number:,}" for number in numbers]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd())
