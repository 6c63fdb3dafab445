"""What is drawn and known of logits in one pass, and the soft embeddings they make."""

import pytest
import torch
from torch import Tensor

from mezzotint_infill.kernels import reference
from mezzotint_infill.kernels.noise import LANE, gumbel_noise
from mezzotint_infill.kernels.sample import Sampled, sample
from mezzotint_infill.kernels.scores import Scores
from mezzotint_infill.kernels.soften import soften
from mezzotint_infill.memory.plan import Format
from mezzotint_infill.quantized.weight import quantize

NOISE = [2**40 + 5, 7]
SIZES = {"less than a lane": 300, "one chunk": 4 * LANE, "not quite two": 8 * LANE - 5}


def scores_of(
    logits: Tensor, device: torch.device, temperature: float = 0.4, forbidden: Tensor | None = None
) -> Scores:
    rows, vocabulary = logits.shape
    masks = torch.rand(4, vocabulary) < 0.3 if forbidden is None else forbidden
    edges = torch.arange(rows, device=device) % len(masks)
    t = torch.tensor(temperature, device=device)
    return Scores(logits.to(device), 30.0, t, masks.to(device), edges)


def drawn_of(scores: Scores, noise: list[int] = NOISE, first: int = 0) -> Sampled:
    """Of rows whose slots are counted from the first one on."""
    slots = torch.arange(first, first + len(scores.edges), device=scores.edges.device)
    return sample(scores, torch.tensor(noise, device=slots.device), slots)


def check(scores: Scores) -> None:
    ours = drawn_of(scores)
    # On a card, torch answers any of several equals.
    tensors = (scores.temperature, scores.forbidden, scores.edges)
    there = Scores(scores.logits.cpu(), scores.cap, *(tensor.cpu() for tensor in tensors))
    theirs = reference.sample(there, torch.tensor(NOISE), torch.arange(len(there.edges)))

    assert torch.equal(ours.best.cpu(), theirs.best)
    assert torch.equal(ours.drawn.cpu(), theirs.drawn)
    torch.testing.assert_close(ours.entropy.cpu(), theirs.entropy, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(ours.log_sum_exp.cpu(), theirs.log_sum_exp, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("vocabulary", SIZES.values(), ids=SIZES)
def test_one_pass_tells_what_many_do(vocabulary: int, dtype: torch.dtype, device: torch.device):
    check(scores_of((torch.randn(5, vocabulary) * 2).to(dtype), device))


@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_logits_may_be_far_beyond_the_cap(temperature: float, device: torch.device):
    """Several tokens are then equally good, to the last bit or nearly."""
    scores = scores_of(torch.randn(3, 300) * 100, device, temperature)
    theirs = scores.tempered()

    ours = drawn_of(scores)

    found = theirs.gather(1, ours.best[:, None]).squeeze(1)
    torch.testing.assert_close(found, theirs.amax(dim=-1))
    torch.testing.assert_close(ours.log_sum_exp, theirs.logsumexp(dim=-1))


@pytest.mark.parametrize("allowed", [0, 17, 4 * LANE, 4 * LANE + 6])
def test_a_token_that_alone_is_allowed_is_drawn(allowed: int, device: torch.device):
    forbidden = torch.ones(1, 4 * LANE + 7, dtype=torch.bool)
    forbidden[0, allowed] = False

    ours = drawn_of(scores_of(torch.randn(2, 4 * LANE + 7), device, forbidden=forbidden))

    assert ours.best.tolist() == ours.drawn.tolist() == [allowed] * 2
    assert ours.entropy.tolist() == [0.0, 0.0]


def test_of_equal_logits_the_first_is_best(device: torch.device):
    vocabulary = 4 * LANE + 50
    forbidden = torch.arange(vocabulary)[None] < 3

    ours = drawn_of(scores_of(torch.zeros(1, vocabulary), device, forbidden=forbidden))

    assert ours.best.tolist() == [3]
    assert ours.entropy.item() == pytest.approx(torch.tensor(vocabulary - 3.0).log().item())


def test_another_step_and_another_seed_draw_other_tokens(device: torch.device):
    scores = scores_of(torch.zeros(1, 300).expand(8, -1), device, forbidden=torch.zeros(1, 300) > 0)
    seed, step = NOISE

    drawn = drawn_of(scores).drawn

    assert any(drawn != drawn[0]), "rows differ"
    assert torch.equal(drawn, drawn_of(scores).drawn)
    assert not torch.equal(drawn, drawn_of(scores, [seed, step + 1]).drawn)
    assert not torch.equal(drawn, drawn_of(scores, [seed + 1, step]).drawn)


def test_what_is_drawn_in_a_slot_hangs_on_no_other_one(device: torch.device):
    scores = scores_of(torch.zeros(1, 300).expand(8, -1), device, forbidden=torch.zeros(1, 300) > 0)
    fewer = Scores(scores.logits[5:], 30.0, scores.temperature, scores.forbidden, scores.edges[5:])

    assert torch.equal(drawn_of(scores).drawn[5:], drawn_of(fewer, first=5).drawn)


def test_tokens_are_drawn_as_often_as_they_are_likely():
    """Noise of the plain version, which is that of the kernel token by token."""
    chances = torch.tensor([0.5, 0.3, 0.15, 0.05])

    drawn = (chances.log() + gumbel_noise(torch.tensor(NOISE), torch.arange(40_000), 4)).argmax(
        dim=-1
    )

    assert torch.allclose(drawn.bincount() / len(drawn), chances, atol=0.01)


@pytest.mark.parametrize("kind", [Format.BF16, Format.FP8])
@pytest.mark.parametrize("rows", [1, 20])
def test_embeddings_are_softened_part_by_part(rows: int, kind: Format, device: torch.device):
    embeddings = quantize(torch.randn(300, 48), kind).to(device)
    scores = scores_of((torch.randn(rows, 300) * 5).bfloat16(), device, temperature=0.7)
    log_sum_exp = scores.tempered().logsumexp(dim=-1)

    ours = soften(scores, log_sum_exp, embeddings, 3.0, part=128)
    theirs = reference.soften(scores, log_sum_exp, embeddings, 3.0)

    assert ours.dtype == theirs.dtype
    torch.testing.assert_close(ours.float(), theirs.float(), rtol=2e-2, atol=2e-2)
