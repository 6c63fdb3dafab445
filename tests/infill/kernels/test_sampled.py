"""A step by the kernels: what is believed, drawn and softened, held against plain torch."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mezzotint_infill.beliefs import Beliefs, Terms, WeighedBeliefs
from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.canvas import Canvas, FreePositions, lay_out
from mezzotint_infill.chance import Chance, ChanceInTurn, ChanceOfEach
from mezzotint_infill.denoise import Schedule, Step, denoise
from mezzotint_infill.kernels.noise import gumbel_noise
from mezzotint_infill.memory.plan import W4_BF16, W4_FP8_EMB8
from mezzotint_infill.model import Model, load_model
from mezzotint_infill.prompt import Prompt
from mezzotint_infill.sampled import SampledBeliefs, sampling_of
from mezzotint_infill.seams import Seams
from mezzotint_infill.under_way import Rules, UnderWay

VOCABULARY, WIDTH, SEED, TEMPERATURE = 300, 16, 5, 0.6
ROWS, SLOTS = (0, 2), torch.Size((3, 4))


@pytest.fixture(
    scope="module", params=[None, W4_BF16, W4_FP8_EMB8], ids=lambda plan: plan and plan.name
)
def model(request: pytest.FixtureRequest, mixture_checkpoint: Path, device: torch.device) -> Model:
    return load_model(str(mixture_checkpoint), device.type, torch.float32, request.param)


def chance_of(device: torch.device, slots: torch.Size = SLOTS) -> ChanceOfEach:
    return ChanceOfEach(torch.Generator(device).manual_seed(SEED), VOCABULARY, slots)


def terms_of(chance: Chance, device: torch.device) -> Terms:
    forbidden = torch.rand(4, VOCABULARY, generator=torch.Generator().manual_seed(1)) < 0.3
    return Terms(TEMPERATURE, forbidden.to(device), chance, ROWS)


def free_of(device: torch.device) -> FreePositions:
    """Three positions of the first candidate that goes on, two of the second."""
    parts = [0, 0, 0, 1, 1], [2, 3, 4, 2, 3], [0, 1, 2, 0, 1], [1, 0, 2, 1, 2]
    return FreePositions(*(torch.tensor(part, device=device) for part in parts))


@torch.inference_mode()
def test_beliefs_are_those_of_plain_torch(model: Model):
    network: Any = model.network
    hidden, cap = torch.randn(5, 128, device=model.device), network.final_logit_softcapping
    free, terms = free_of(model.device), terms_of(chance_of(model.device), model.device)

    ours = sampling_of(model.network)(hidden, free, terms)
    logits = cap * torch.tanh(network.lm_head(hidden) / cap)
    theirs = WeighedBeliefs(logits, free, terms, model.soften)

    assert isinstance(ours, SampledBeliefs)
    assert torch.equal(ours.best, theirs.best)
    torch.testing.assert_close(ours.entropy, theirs.entropy, rtol=1e-4, atol=1e-4)
    found, expected = ours.soften(), theirs.soften()
    # For embeddings in FP8, chances are rounded to bfloat16.
    torch.testing.assert_close(found, expected, rtol=2e-2, atol=2e-2)


@torch.inference_mode()
@pytest.mark.parametrize(
    ("is_of_each", "slots"), [(True, [0, 1, 2, 8, 9]), (False, [0, 1, 2, 3, 4])]
)
def test_noise_is_counted_by_seed_step_and_slot(
    is_of_each: bool, slots: list[int], device: torch.device
):
    chance = chance_of(device)
    if not is_of_each:
        chance = ChanceInTurn(torch.Generator(device).manual_seed(SEED), VOCABULARY)
    small, free, terms = Small(device), free_of(device), terms_of(chance, device)
    hidden = torch.randn(5, WIDTH, device=device)
    scores: Any = small.network.lm_head(hidden) / TEMPERATURE
    scores = scores.masked_fill(terms.forbidden[free.edges], -torch.inf)
    for step in (1, 2):
        noise = gumbel_noise(
            torch.tensor([SEED, step], device=device),
            torch.tensor(slots, device=device),
            VOCABULARY,
        )
        drawn = sampling_of(small.network)(hidden, free, terms).draw()
        assert torch.equal(drawn, (scores + noise).argmax(dim=-1))


class Small:
    """A denoiser of random weights, whose beliefs come from the kernels."""

    vocabulary = VOCABULARY

    def __init__(self, device: torch.device) -> None:
        table, head = nn.Embedding(VOCABULARY, WIDTH), nn.Linear(WIDTH, VOCABULARY, bias=False)
        table.scalar_embed_scale = 2.0  # pyright: ignore[reportArgumentType] # as the class has it
        decoder = SimpleNamespace(embed_tokens=table.to(device))
        # A cap so high that there is none.
        self.network: Any = SimpleNamespace(
            lm_head=head.to(device),
            final_logit_softcapping=1e4,
            model=SimpleNamespace(decoder=decoder),
        )
        self._table = table

    def embed(self, tokens: Tensor) -> Tensor:
        return self._table(tokens) * 2.0

    def beliefs(self, canvas: Tensor, free: FreePositions, soft: Tensor, terms: Terms) -> Beliefs:
        read = self.embed(canvas) + soft
        hidden = torch.tanh(read.cumsum(dim=1) + read.flip(1).cumsum(dim=1))
        return sampling_of(self.network)(4.0 * hidden[free.rows, free.columns], free, terms)


def canvas_of(lengths: list[int]) -> Canvas:
    prompt = Prompt((), (5, 6, 7), tuple(range(30, 42)), (1,), Seams(), "", "")
    return lay_out(prompt, lengths, 48)


def steps_of(device: torch.device, kept: int) -> list[Step]:
    """Denoises three candidates, of which some are left out after the second step."""
    canvas, steps = canvas_of([4, 6, 2]), list[Step]()
    forbidden = torch.zeros(4, VOCABULARY, dtype=torch.bool, device=device)
    plan = Schedule(6, 0.1, 0.8, 0.4, 0.0, SEED, forbidden)

    def listen(step: Step) -> Tensor | None:
        steps.append(step)
        return torch.arange(3) >= 3 - kept if step.number == 2 else None

    torch.manual_seed(0)
    chance = chance_of(device, canvas.slots.shape)
    denoise(Small(device), canvas, plan, Cancellation(), listen, chance)
    return steps


def test_what_a_candidate_becomes_hangs_on_no_other_one(device: torch.device):
    """The last one has other rows when others are left out, and the same noise."""
    with_all, alone = ([step.best[2] for step in steps_of(device, kept)] for kept in (3, 1))
    assert all(map(torch.equal, with_all, alone))
    assert not all(torch.equal(draft, with_all[-1]) for draft in with_all[1:])


def test_a_step_asks_the_device_nothing(
    device: torch.device, asked_by: Callable[[Callable[[], object]], set[str]]
):
    canvas = canvas_of([4, 6, 2])
    rules = Rules(torch.zeros(4, VOCABULARY, dtype=torch.bool, device=device), 0.1, 0.0, 0.0)
    with torch.inference_mode():
        chance = chance_of(device, canvas.slots.shape)
        under_way = UnderWay(Small(device), canvas, rules, chance)
        under_way.advance((0, 1, 2), TEMPERATURE)
        assert not asked_by(lambda: under_way.advance((0, 1, 2), TEMPERATURE))
