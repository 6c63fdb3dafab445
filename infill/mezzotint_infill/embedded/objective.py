"""What the embedded model is trained on: uniform noise, self-conditioning, two losses.

As DiffusionGemma's published recipe (google-deepmind/gemma, ``hackable_diffusion_adapter``): flat
cross-entropy on every free position whatever its noise, self-conditioning half of the time, and a
causal loss on the prefix. Holes with a clean pinned suffix make up most canvases.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from mezzotint_infill.embedded.lean import LeanModel
from mezzotint_infill.embedded.shape import Rows
from mezzotint_infill.embedded.windows import PAD_ID, Batch

FULL_NOISE = 0.35
"""Share of canvases at full noise: a fill of few steps is mostly decided by its first one."""
CAUSAL_WEIGHT = 0.2
HOLE_ROOM = 0.56
"""Share of canvas positions whose loss is taken at most, somewhat more than are free."""
IGNORED = -100


@dataclass(frozen=True, slots=True)
class Task:
    """A batch on its device, noise drawn."""

    rows: Rows
    clean: Tensor  # (B, K, C) the canvas without noise
    free: Tensor  # (B, K, C)


def draw_task(batch: Batch, vocabulary: int, device: torch.device, *, full_noise: float) -> Task:
    """Replace each free position by a random token with its canvas' own probability."""
    clean = torch.from_numpy(batch.canvas).to(device)
    free = torch.from_numpy(batch.free).to(device)
    level = torch.rand(clean.shape[:2], device=device)
    level = torch.where(torch.rand_like(level) < full_noise, torch.ones_like(level), level)
    noised = free & (torch.rand(clean.shape, device=device) < level[..., None])
    noise = torch.randint(vocabulary, clean.shape, device=device)
    rows = Rows(
        prefix=torch.from_numpy(batch.prefix).to(device),
        canvas=torch.where(noised, noise, clean),
        visible=torch.from_numpy(batch.visible).to(device),
    )
    return Task(rows, clean, free)


def with_pinned(model: LeanModel, task: Task, soft: Tensor | None = None) -> Rows:
    """Self-conditioning of pinned positions is the token's own embedding; of free ones ``soft``."""
    own = model.embed(task.clean)
    guess = torch.zeros_like(own) if soft is None else soft
    rows = task.rows
    return Rows(
        rows.prefix, rows.canvas, rows.visible, torch.where(task.free[..., None], guess, own)
    )


@torch.no_grad()
def first_guess(model: LeanModel, task: Task) -> Tensor:
    """The soft embeddings of a first pass, as the denoising loop hands them on."""
    _, hidden = model(with_pinned(model, task))
    where, chosen = _at_holes(hidden, task.free.flatten().nonzero().squeeze(1))
    soft = soften(model, chosen, 0.1 + 0.9 * torch.rand((), device=hidden.device))
    guess = torch.zeros_like(hidden, dtype=soft.dtype)
    guess.view(-1, hidden.shape[-1])[where] = soft[: len(where)]
    return guess


@torch.compile(dynamic=False)
def soften(model: LeanModel, hidden: Tensor, temperature: Tensor) -> Tensor:
    """The mean scaled embedding of what each position may be."""
    chances = torch.softmax(model.logits(hidden) / temperature, dim=-1)
    return chances.to(hidden.dtype) @ model.embed_tokens.weight.to(hidden.dtype) * model.embed_scale


def causal_targets(prefix: Tensor) -> Tensor:
    """The next token of each one; nothing for padding and the last."""
    targets = torch.full_like(prefix, IGNORED)
    targets[:, :-1] = prefix[:, 1:]
    return targets.masked_fill(targets == PAD_ID, IGNORED)


def hole_losses(model: LeanModel, hidden: Tensor, task: Task) -> Tensor:
    """Cross-entropy in nats at free positions, a number a position."""
    where = task.free.flatten().nonzero().squeeze(1)
    where, chosen = _at_holes(hidden, where[torch.randperm(len(where), device=where.device)])
    targets = task.clean.flatten()[where]
    targets = F.pad(targets, (0, len(chosen) - len(where)), value=IGNORED)
    return token_losses(model, chosen, targets)


def _at_holes(hidden: Tensor, where: Tensor) -> tuple[Tensor, Tensor]:
    """As many of these places as there is room for, and the hidden states there.

    Those are padded: the shapes are the same for every batch, so that the compiled graph is too.
    """
    room = int(HOLE_ROOM * hidden.flatten(0, 2).shape[0])
    where = where[:room]
    return where, F.pad(hidden.flatten(0, 2)[where], (0, 0, 0, room - len(where)))


@torch.compile(dynamic=False)
def token_losses(model: LeanModel, hidden: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy in nats, a number a target; 0 where the target is to be ignored."""
    logits = model.logits(hidden)
    return F.cross_entropy(
        logits.flatten(0, -2), targets.flatten(), ignore_index=IGNORED, reduction="none"
    )
