"""Losses on packages that are never trained on, and the record of them that curves are drawn from."""

import csv
from pathlib import Path

import torch
from tokenizers import Tokenizer

from mezzotint_infill.embedded.corpus import held_out_files, read
from mezzotint_infill.embedded.lean import LeanModel
from mezzotint_infill.embedded.objective import (
    IGNORED,
    causal_targets,
    draw_task,
    hole_losses,
    token_losses,
    with_pinned,
)
from mezzotint_infill.embedded.run import Recipe, Run
from mezzotint_infill.embedded.windows import Batch, WindowSampler, encode_files

BATCHES, ROWS = 8, 6
SEED = 11


def held_out_batches(tokenizer: Tokenizer, recipe: Recipe) -> list[Batch]:
    """Always the same ones, however many rows are trained on at a time, with one hole a canvas."""
    files = encode_files(tokenizer, [read(path) for path in held_out_files()])
    sampler = WindowSampler(
        tokenizer, files,
        prefix=recipe.prefix, canvas=recipe.canvas, canvases=recipe.canvases,
        plain=0.0, ended=0.0, further=0.0, seed=SEED,
    )  # fmt: skip
    return [sampler.batch(ROWS) for _ in range(BATCHES)]


@torch.no_grad()
def held_out_losses(
    model: LeanModel, batches: list[Batch], device: torch.device
) -> dict[str, float]:
    """In nats a token: causal, and at full noise on the holes' tokens."""
    state = torch.get_rng_state()
    torch.manual_seed(SEED)
    sums = {"held-out causal": 0.0, "held-out hole": 0.0}
    for batch in batches:
        with torch.autocast(device.type, dtype=torch.bfloat16):
            task = draw_task(batch, model.shape.vocabulary, device, full_noise=1.0)
            past, now = model(with_pinned(model, task))
            targets = causal_targets(task.rows.prefix)
            causal = token_losses(model, past, targets)
            sums["held-out causal"] += (causal.sum() / (targets != IGNORED).sum()).item()
            hole = hole_losses(model, now, task)
            sums["held-out hole"] += (hole.sum() / (hole > 0).sum()).item()
    torch.set_rng_state(state)
    return {name: value / len(batches) for name, value in sums.items()}


def record(path: Path, run: Run, losses: dict[str, float]) -> None:
    """Add a line to the history."""
    row = {"step": run.step, "tokens": run.tokens, "hours": round(run.hours, 4), **losses}
    is_new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        if is_new:
            writer.writeheader()
        writer.writerow(row)
