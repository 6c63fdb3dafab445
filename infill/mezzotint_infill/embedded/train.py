"""Train the embedded model: ``python -m mezzotint_infill.embedded.train --hours 2``.

Lists the corpus, learns the tokenizer, trains, evaluates on held-out packages, exports. Runs on a
GPU if there is one and on the CPU otherwise; stop it at any time and call it again to go on.
The learning rate is held and falls over the last quarter of ``--hours``; a later call goes on from
the weights before that fall.
"""

import csv
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import torch
import typer
from tokenizers import Tokenizer

from mezzotint_infill.embedded import CHECKPOINT
from mezzotint_infill.embedded.corpus import held_out_files, read, training_sources
from mezzotint_infill.embedded.lean import LeanModel, Shape
from mezzotint_infill.embedded.objective import (
    CAUSAL_WEIGHT,
    FULL_NOISE,
    IGNORED,
    causal_targets,
    draw_task,
    first_guess,
    hole_losses,
    token_losses,
    with_pinned,
)
from mezzotint_infill.embedded.tokenizer import train_tokenizer
from mezzotint_infill.embedded.windows import Batch, WindowSampler, encode_files

log = logging.getLogger("mezzotint.train")

WARM_UP_STEPS = 150
FALL_FROM = 0.75
"""Share of the time after which the learning rate falls to nothing."""
HOLE_ROOM = 0.3
"""Share of canvas positions whose loss is taken, so that shapes stay the same."""


@dataclass(frozen=True, slots=True)
class Recipe:
    rows: int
    prefix: int
    canvas: int
    canvases: int
    muon_rate: float
    adam_rate: float
    hours: float
    seed: int


@dataclass
class Run:
    """A training run under way; all that a checkpoint holds."""

    model: LeanModel
    optimizers: list[torch.optim.Optimizer]
    step: int = 0
    tokens: int = 0
    hours: float = 0.0

    def save(self, path: Path) -> None:
        state = {
            "shape": self.model.shape.as_dict(),
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "step": self.step, "tokens": self.tokens, "hours": self.hours,
        }  # fmt: skip
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)


def main(
    hours: Annotated[float, typer.Option(help="How long to train in this call.")] = 2.0,
    state: Annotated[Path, typer.Option(help="Where the run is kept.")] = Path(".mezzotint/train"),
    rows: int = 10,
    prefix: int = 288,
    canvas: int = 48,
    canvases: int = 6,
    width: int = 256,
    layers: int = 6,
    dense: int = 384,
    expert: int = 128,
    vocabulary: int = 4096,
    muon_rate: float = 4e-3,
    adam_rate: float = 4e-3,
    seed: int = 0,
    export: Annotated[bool, typer.Option(help="Write the checkpoint when done.")] = True,
) -> None:
    """Train, or go on training, the model that ships with the package."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    state.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer, texts = _tokenizer_and_texts(state, vocabulary)
    recipe = Recipe(rows, prefix, canvas, canvases, muon_rate, adam_rate, hours, seed)
    shape = Shape(
        vocabulary=tokenizer.get_vocab_size(),
        width=width,
        layers=layers,
        dense=dense,
        expert=expert,
    )
    run = _start_or_resume(state, shape, recipe, device)
    sampler = WindowSampler(
        tokenizer, encode_files(tokenizer, texts),
        prefix=prefix, canvas=canvas, canvases=canvases, seed=seed + run.step,
    )  # fmt: skip
    held_out = encode_files(tokenizer, [read(path) for path in held_out_files()])
    judge = WindowSampler(
        tokenizer,
        held_out,
        prefix=prefix,
        canvas=canvas,
        canvases=canvases,
        plain=0.0,
        ended=0.0,
        seed=7,
    )
    batches = [judge.batch(rows) for _ in range(8)]
    _train(run, recipe, sampler, batches, state, device)
    if export:
        from mezzotint_infill.embedded.export import export_checkpoint

        export_checkpoint(run.model.cpu(), tokenizer, CHECKPOINT)


def _tokenizer_and_texts(state: Path, vocabulary: int) -> tuple[Tokenizer, list[str]]:
    sources = training_sources()
    texts = [read(path) for source in sources for path in source.files]
    log.info("%d files, %.1f MB", len(texts), sum(source.size for source in sources) / 1e6)
    path = state / f"tokenizer-{vocabulary}.json"
    if not path.exists():
        train_tokenizer(texts[::2], vocabulary).save(str(path))
    return Tokenizer.from_file(str(path)), texts


def _start_or_resume(state: Path, shape: Shape, recipe: Recipe, device: torch.device) -> Run:
    saved = state / "run.pt"
    torch.manual_seed(recipe.seed)
    loaded = torch.load(saved, map_location=device) if saved.exists() else None
    model = LeanModel(Shape(**loaded["shape"]) if loaded else shape).to(device)
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    others = [p for name, p in model.named_parameters() if p.ndim != 2 or "embed" in name]
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.Muon(
            matrices, lr=recipe.muon_rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"
        ),
        torch.optim.AdamW(others, lr=recipe.adam_rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    run = Run(model, optimizers)
    if loaded:
        model.load_state_dict(loaded["model"])
        for optimizer, kept in zip(optimizers, loaded["optimizers"], strict=True):
            optimizer.load_state_dict(kept)
        run.step, run.tokens, run.hours = loaded["step"], loaded["tokens"], loaded["hours"]
    count = sum(parameter.numel() for parameter in model.parameters())
    log.info("%.2f M parameters, step %d, %.1f M tokens", count / 1e6, run.step, run.tokens / 1e6)
    return run


def _train(
    run: Run,
    recipe: Recipe,
    sampler: WindowSampler,
    held_out: list[Batch],
    state: Path,
    device: torch.device,
) -> None:
    torch.manual_seed(recipe.seed + run.step)
    for layer in run.model.layers:
        layer.compile(dynamic=False)
    started, before, first, last_log = time.monotonic(), run.hours, run.step, (0.0, run.tokens)
    is_kept = False
    smooth: dict[str, float] = {}
    while (share := (time.monotonic() - started) / 3600 / recipe.hours) < 1.0:
        if share > FALL_FROM and not is_kept:
            run.save(state / "run.pt")
            is_kept = True
        _set_rates(run, share, run.step - first)
        for name, value in _step(run, sampler.batch(recipe.rows), device).items():
            smooth[name] = value + 0.98 * (smooth.get(name, value) - value)
        run.step += 1
        run.tokens += recipe.rows * (recipe.prefix + recipe.canvas * recipe.canvases)
        run.hours = before + (time.monotonic() - started) / 3600
        if run.step % 50 == 0:
            now = time.monotonic() - started
            rate = (run.tokens - last_log[1]) / (now - last_log[0])
            last_log = (now, run.tokens)
            log.info("%3.0f %% step %d causal %.3f hole %.3f, %.0f tokens/s",
                     100 * share, run.step, smooth["causal"], smooth["hole"], rate)  # fmt: skip
        if run.step % 500 == 0:
            _record(state, run, evaluate(run.model, held_out, device), smooth)
            if not is_kept:
                run.save(state / "run.pt")
    _record(state, run, evaluate(run.model, held_out, device), smooth)
    torch.save(run.model.state_dict(), state / "fallen.pt")


def _step(run: Run, batch: Batch, device: torch.device) -> dict[str, float]:
    model = run.model
    with torch.autocast(device.type, dtype=torch.bfloat16):
        task = draw_task(batch, model.shape.vocabulary, device, full_noise=FULL_NOISE)
        is_second_look = run.step % 2 == 1
        soft = first_guess(model, task) if is_second_look else None
        past, now = model(with_pinned(model, task, soft))
        causal = token_losses(model, past, causal_targets(task.rows.prefix))
        hole = hole_losses(model, now, task, int(HOLE_ROOM * task.free.numel()))
        causal_mean = causal.sum() / (causal > 0).sum().clamp(min=1)
        hole_mean = hole.sum() / (hole > 0).sum().clamp(min=1)
    (hole_mean + CAUSAL_WEIGHT * causal_mean).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimizer in run.optimizers:
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return {"causal": causal_mean.item(), "hole": hole_mean.item()}


def _set_rates(run: Run, share: float, steps: int) -> None:
    warm = min(1.0, (steps + 1) / WARM_UP_STEPS)
    fall = min(1.0, max(0.02, (1.0 - share) / (1.0 - FALL_FROM)))
    for optimizer in run.optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * warm * fall


@torch.no_grad()
def evaluate(model: LeanModel, batches: list[Batch], device: torch.device) -> dict[str, float]:
    """Held-out losses in nats a token: causal, and at full noise on the holes' tokens."""
    state = torch.get_rng_state()
    torch.manual_seed(11)
    sums = {"held-out causal": 0.0, "held-out hole": 0.0}
    for batch in batches:
        with torch.autocast(device.type, dtype=torch.bfloat16):
            task = draw_task(batch, model.shape.vocabulary, device, full_noise=1.0)
            past, now = model(with_pinned(model, task))
            targets = causal_targets(task.rows.prefix)
            causal = token_losses(model, past, targets)
            sums["held-out causal"] += (causal.sum() / (targets != IGNORED).sum()).item()
            hole = hole_losses(model, now, task, int(HOLE_ROOM * task.free.numel()))
            sums["held-out hole"] += (hole.sum() / (hole > 0).sum()).item()
    torch.set_rng_state(state)
    return {name: value / len(batches) for name, value in sums.items()}


def _record(state: Path, run: Run, losses: dict[str, float], smooth: dict[str, float]) -> None:
    row = {"step": run.step, "tokens": run.tokens, "hours": round(run.hours, 4), **smooth, **losses}
    path = state / "history.csv"
    is_new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        if is_new:
            writer.writeheader()
        writer.writerow(row)
    log.info("held out: %s", {name: round(value, 3) for name, value in losses.items()})


if __name__ == "__main__":
    typer.run(main)
