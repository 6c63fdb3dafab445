"""A training run: the model, its optimizers, how far it is, and the file it goes on from."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from mezzotint_infill.embedded.lean import LeanModel
from mezzotint_infill.embedded.shape import Shape

log = logging.getLogger("mezzotint.train")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train, beside the model's shape."""

    rows: int
    prefix: int
    canvas: int
    canvases: int
    muon_rate: float
    adam_rate: float
    hours: float
    seed: int

    @property
    def tokens(self) -> int:
        """Of a step in one process."""
        return self.rows * (self.prefix + self.canvas * self.canvases)


@dataclass
class Run:
    """A training run under way; all that a checkpoint holds."""

    model: LeanModel
    optimizers: list[torch.optim.Optimizer]
    step: int = 0
    tokens: int = 0
    hours: float = 0.0

    def save(self, path: Path) -> None:
        """Write all of it; a stop half-way leaves the file before."""
        state = {
            "shape": self.model.shape.as_dict(),
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "step": self.step, "tokens": self.tokens, "hours": self.hours,
        }  # fmt: skip
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)


def start_or_resume(
    state: Path, begin: Callable[[], LeanModel], recipe: Recipe, device: torch.device
) -> Run:
    """Go on from ``run.pt`` in the folder, or begin with a new model."""
    saved = state / "run.pt"
    torch.manual_seed(recipe.seed)
    loaded = torch.load(saved, map_location=device) if saved.exists() else None
    model = (LeanModel(Shape(**loaded["shape"])) if loaded else begin()).to(device)
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    others = [p for name, p in model.named_parameters() if p.ndim != 2 or "embed" in name]
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.Muon(
            matrices, lr=recipe.muon_rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"
        ),
        torch.optim.AdamW(others, lr=recipe.adam_rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]
    run = Run(model, optimizers)
    if loaded:
        model.load_state_dict(loaded["model"])
        for optimizer, kept in zip(optimizers, loaded["optimizers"], strict=True):
            optimizer.load_state_dict(kept)
        run.step, run.tokens, run.hours = loaded["step"], loaded["tokens"], loaded["hours"]
    for optimizer, peak in zip(optimizers, (recipe.muon_rate, recipe.adam_rate), strict=True):
        for group in optimizer.param_groups:
            group["peak"] = peak
    count = sum(parameter.numel() for parameter in model.parameters())
    log.info("%.2f M parameters, step %d, %.1f M tokens", count / 1e6, run.step, run.tokens / 1e6)
    return run
