"""The table that the kernels of a mixture go by, for any choices of experts."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings

from mezzotint_infill.kernels.align import align, slots_for

EXPERTS = 6
CHOSEN = {
    "one token": [[2, 5]],
    "all tokens at one expert": [[3]] * 40,
    "all at the first": [[0]] * 17,
    "all at the last": [[EXPERTS - 1]] * 16,
    "more than a program looks at together": [[row % EXPERTS, 1] for row in range(700)],
}


def check(chosen: list[list[int]], block: int, device: torch.device) -> None:
    """What it says is what any use of it needs, whatever way it was found."""
    tensor = torch.tensor(chosen, device=device)
    flat = tensor.flatten().cpu()

    found = align(tensor, EXPERTS, block)

    order = torch.argsort(flat, stable=True)
    assert torch.equal(found.order.cpu().long(), order)
    assert torch.equal(found.place.cpu().long(), torch.argsort(order))
    ends = torch.bincount(flat, minlength=EXPERTS).cumsum(0)
    assert torch.equal(found.ends.cpu().long(), ends)
    covered: list[int] = []
    for expert, begin, end in ((int(it) for it in block) for block in found.blocks):
        assert end - begin <= block
        covered += range(begin, end)
        assert all(flat[order[place]] == expert for place in range(begin, end))
    assert covered == list(range(len(flat)))
    assert len(found.blocks) == slots_for(len(flat), EXPERTS, block)


@pytest.mark.parametrize("block", [16, 64])
@pytest.mark.parametrize("chosen", CHOSEN.values(), ids=CHOSEN)
def test_every_row_is_in_exactly_one_block_of_its_expert(
    chosen: list[list[int]], block: int, device: torch.device
):
    check(chosen, block, device)


# The smallest blocks are no tile's, but make more of them with fewer rows.
@settings(max_examples=40)
@given(
    chosen=st.integers(1, 3).flatmap(
        lambda k: st.lists(
            st.lists(st.integers(0, EXPERTS - 1), min_size=k, max_size=k), min_size=1, max_size=30
        )
    ),
    block=st.sampled_from([1, 2, 4, 16]),
)
def test_so_it_is_for_any_choices(chosen: list[list[int]], block: int, device: torch.device):
    check(chosen, block, device)
