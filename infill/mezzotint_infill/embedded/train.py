"""Train the embedded model: ``python -m mezzotint_infill.embedded.train --hours 2``.

Lists the corpus, learns the tokenizer, trains, evaluates on held-out packages, exports. Runs on a
GPU if there is one and on the CPU otherwise; stop it at any time and call it again to go on.
The learning rate is held and falls over the last two thirds of ``--hours``; a later call goes on from
the weights before that fall.

On a CPU one process a core is quicker than one process with many threads, and suffers less from
what else runs: ``torchrun --nproc-per-node 2 -m mezzotint_infill.embedded.train``.
"""

import logging
import shutil
import time
from pathlib import Path
from typing import Annotated

import torch
import typer
from tokenizers import Tokenizer

from mezzotint_infill.embedded import CHECKPOINT
from mezzotint_infill.embedded.corpus import Source, read, training_sources
from mezzotint_infill.embedded.curves import CURVES, draw_curves
from mezzotint_infill.embedded.data_card import DATA_CARD, data_card
from mezzotint_infill.embedded.export import export_checkpoint, read_checkpoint
from mezzotint_infill.embedded.held_out import held_out_batches, held_out_losses, record
from mezzotint_infill.embedded.lean import LeanModel
from mezzotint_infill.embedded.objective import (
    CAUSAL_WEIGHT,
    FULL_NOISE,
    causal_targets,
    draw_task,
    first_guess,
    hole_losses,
    token_losses,
    with_pinned,
)
from mezzotint_infill.embedded.processes import (
    agreed,
    average_gradients,
    count_processes,
    is_first,
    join_processes,
    own_seed,
)
from mezzotint_infill.embedded.run import Recipe, Run, start_or_resume
from mezzotint_infill.embedded.shape import Shape
from mezzotint_infill.embedded.tokenizer import train_tokenizer
from mezzotint_infill.embedded.windows import Batch, WindowSampler, encode_files

log = logging.getLogger("mezzotint.train")

WARM_UP_STEPS = 150
FALL_FROM = 0.35
"""Share of the time after which the learning rate falls to nothing."""
SMOOTHING = 0.98
"""Of the losses that are logged."""


def main(
    hours: Annotated[float, typer.Option(help="How long to train in this call.")] = 2.0,
    state: Annotated[Path, typer.Option(help="Where the run is kept.")] = Path(".mezzotint/train"),
    rows: Annotated[int, typer.Option(help="Rows a step, in each process.")] = 6,
    prefix: int = 256,
    canvas: int = 48,
    canvases: int = 12,
    width: int = 256,
    layers: int = 6,
    dense: int = 384,
    expert: int = 128,
    vocabulary: int = 4096,
    muon_rate: float = 2e-3,
    adam_rate: float = 2e-3,
    seed: int = 0,
    from_shipped: Annotated[
        bool, typer.Option(help="Begin with the model that ships, not with random weights.")
    ] = False,
    export: Annotated[bool, typer.Option(help="Write the checkpoint when done.")] = True,
) -> None:
    """Train, or go on training, the model that ships with the package."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    state.mkdir(parents=True, exist_ok=True)
    join_processes()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if from_shipped:
        shutil.copy(CHECKPOINT / "tokenizer.json", _tokenizer_path(state, vocabulary))
    sources = training_sources()
    tokenizer, texts = _tokenizer_and_texts(state, vocabulary, sources)
    recipe = Recipe(rows, prefix, canvas, canvases, muon_rate, adam_rate, hours, seed)
    shape = Shape(
        vocabulary=tokenizer.get_vocab_size(),
        width=width,
        layers=layers,
        dense=dense,
        expert=expert,
    )

    def begin() -> LeanModel:
        return read_checkpoint(CHECKPOINT) if from_shipped else LeanModel(shape)

    run = start_or_resume(state, begin, recipe, device)
    sampler = WindowSampler(
        tokenizer, encode_files(tokenizer, texts),
        prefix=prefix, canvas=canvas, canvases=canvases, seed=own_seed(seed + run.step),
    )  # fmt: skip
    _train(run, recipe, sampler, held_out_batches(tokenizer, recipe), state, device)
    if export and is_first():
        export_checkpoint(run.model.cpu(), tokenizer, CHECKPOINT)
        draw_curves(state / "history.csv", CURVES)
        DATA_CARD.write_text(data_card(sources), encoding="utf-8")


def _tokenizer_and_texts(
    state: Path, vocabulary: int, sources: list[Source]
) -> tuple[Tokenizer, list[str]]:
    texts = [read(path) for source in sources for path in source.files]
    log.info("%d files, %.1f MB", len(texts), sum(source.size for source in sources) / 1e6)
    path = _tokenizer_path(state, vocabulary)
    if not path.exists():
        train_tokenizer(texts[::2], vocabulary).save(str(path))
    return Tokenizer.from_file(str(path)), texts


def _tokenizer_path(state: Path, vocabulary: int) -> Path:
    return state / f"tokenizer-{vocabulary}.json"


def _train(
    run: Run,
    recipe: Recipe,
    sampler: WindowSampler,
    held_out: list[Batch],
    state: Path,
    device: torch.device,
) -> None:
    torch.manual_seed(own_seed(recipe.seed + run.step))
    for layer in run.model.layers:
        layer.compile(dynamic=False)
    started, before, first, meter = time.monotonic(), run.hours, run.step, Meter(run.tokens)
    is_kept = False
    while (share := agreed((time.monotonic() - started) / 3600 / recipe.hours)) < 1.0:
        if share > FALL_FROM and not is_kept:
            _keep(run, state / "run.pt")
            is_kept = True
        _set_rates(run, share, run.step - first)
        meter.add(_step(run, sampler.batch(recipe.rows), device))
        run.step += 1
        run.tokens += count_processes() * recipe.tokens
        run.hours = before + (time.monotonic() - started) / 3600
        if run.step % 50 == 0:
            meter.log(share, run)
        if run.step % 500 == 0:
            _record(state / "history.csv", run, held_out, meter.smooth)
            _keep(run, state / ("fallen.pt" if is_kept else "run.pt"))
    _record(state / "history.csv", run, held_out, meter.smooth)
    _keep(run, state / "fallen.pt")


class Meter:
    """Smoothed losses and the speed since the line before."""

    def __init__(self, tokens: int) -> None:
        self.smooth: dict[str, float] = {}
        self._tokens, self._since = tokens, time.monotonic()

    def add(self, losses: dict[str, float]) -> None:
        for name, value in losses.items():
            self.smooth[name] = value + SMOOTHING * (self.smooth.get(name, value) - value)

    def log(self, share: float, run: Run) -> None:
        now = time.monotonic()
        rate = (run.tokens - self._tokens) / (now - self._since)
        self._tokens, self._since = run.tokens, now
        if is_first():
            log.info("%3.0f %% step %d causal %.3f hole %.3f, %.0f tokens/s",
                     100 * share, run.step, self.smooth["causal"], self.smooth["hole"], rate)  # fmt: skip


def _step(run: Run, batch: Batch, device: torch.device) -> dict[str, float]:
    model = run.model
    with torch.autocast(device.type, dtype=torch.bfloat16):
        task = draw_task(batch, model.shape.vocabulary, device, full_noise=FULL_NOISE)
        is_second_look = run.step % 2 == 1
        soft = first_guess(model, task) if is_second_look else None
        past, now = model(with_pinned(model, task, soft))
        causal = token_losses(model, past, causal_targets(task.rows.prefix))
        hole = hole_losses(model, now, task)
        causal_mean = causal.sum() / (causal > 0).sum().clamp(min=1)
        hole_mean = hole.sum() / (hole > 0).sum().clamp(min=1)
    (hole_mean + CAUSAL_WEIGHT * causal_mean).backward()
    average_gradients(model)
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


def _record(path: Path, run: Run, held_out: list[Batch], smooth: dict[str, float]) -> None:
    """Evaluate, and say so."""
    if is_first():
        losses = held_out_losses(run.model, held_out, next(run.model.parameters()).device)
        record(path, run, smooth | losses)
        log.info("held out: %s", {name: round(value, 3) for name, value in losses.items()})


def _keep(run: Run, path: Path) -> None:
    if is_first():
        run.save(path)


if __name__ == "__main__":
    typer.run(main)
