"""Canvases as strings: one letter a token, ``_`` a free position, ``.`` the last closing token."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mezzotint_infill.canvas import BUCKETS, NEAR_SUFFIX, Canvas, lay_out, longest_hole
from mezzotint_infill.prompt import Prompt
from mezzotint_infill.seams import FIRST, INSIDE, LAST, ONLY, Seams

LONG_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 10


def prompt_of(piece: str, suffix: str, closing: str = ".") -> Prompt:
    def tokens(text: str) -> tuple[int, ...]:
        return tuple(map(ord, text))

    return Prompt((0,), tokens(piece), tokens(suffix), tokens(closing), Seams(), piece, suffix)


@st.composite
def prompts(draw: st.DrawFn) -> Prompt:
    piece, suffix = draw(st.integers(0, 12)), draw(st.integers(0, 260))
    return prompt_of("p" * piece, LONG_SUFFIX[:suffix], draw(st.sampled_from([".", ">."])))


def drawn(canvas: Canvas) -> list[str]:
    free = torch.full_like(canvas.tokens, ord("_"))
    return ["".join(map(chr, row)) for row in canvas.pin(free)]


def check(prompt: Prompt, lengths: list[int], canvas_length: int, *expected: str) -> None:
    assert drawn(lay_out(prompt, lengths, canvas_length)) == list(expected)


def test_all_of_a_short_suffix_is_closed_and_the_closing_fills_the_canvas():
    check(prompt_of("p", "AB"), [3, 1], 8, "p___AB..", "p_AB....")


def test_a_chat_closes_its_turn_once():
    check(prompt_of("", "AB", ">."), [2], 8, "__AB>...")


def test_a_file_that_ends_with_the_hole_is_closed_at_once():
    check(prompt_of("pq", ""), [1], 6, "pq_...")
    check(prompt_of("", "", ">."), [3], 6, "___>..")


def test_a_long_suffix_is_cut_where_the_canvas_ends():
    check(prompt_of("p", LONG_SUFFIX), [2, 5], 12, "p__ABCDEFGHI", "p_____ABCDEF")


def test_the_closing_is_not_shown_before_the_suffix_has_ended():
    check(prompt_of("", "ABCDEFGH", ">."), [4, 3], 12, "____ABCDEFGH", "___ABCDEFGH>")


@pytest.mark.parametrize(
    ("piece", "lengths", "suffix", "canvas_length", "expected"),
    [
        (0, [8], 3, 256, 32),
        (0, [16], NEAR_SUFFIX, 256, 32),
        (1, [16], NEAR_SUFFIX, 256, 48),
        (0, [17], 260, 256, 48),
        (0, [2, 60], 0, 256, 64),
        (0, [230], 260, 256, 256),
        (0, [250], 260, 256, 256),
        (0, [8], 260, 40, 32),
        (0, [30], 260, 40, 40),
    ],
)
def test_the_canvas_is_the_smallest_that_shows_enough_of_the_suffix(
    piece: int, lengths: list[int], suffix: int, canvas_length: int, expected: int
):
    canvas = lay_out(prompt_of("p" * piece, LONG_SUFFIX[:suffix]), lengths, canvas_length)
    assert canvas.tokens.shape == (len(lengths), expected)


def test_there_is_room_for_a_closing_of_several_tokens():
    check(prompt_of("", "ABCDE", "~~>."), [24], 256, f"{'_' * 24}ABCDE~~>{'.' * 16}")


@settings(max_examples=40)
@given(prompts(), st.sampled_from([40, *BUCKETS]), st.data())
def test_free_positions_slots_and_pins_agree(
    prompt: Prompt, canvas_length: int, data: st.DataObject
):
    longest = longest_hole(prompt, canvas_length)
    assert longest >= 1
    lengths = data.draw(st.lists(st.integers(1, longest), min_size=1, max_size=4))
    canvas = lay_out(prompt, lengths, canvas_length)
    assert canvas.tokens.shape[1] <= canvas_length
    for row, length in enumerate(lengths):
        free = list(range(len(prompt.piece), len(prompt.piece) + length))
        assert canvas.is_free[row].nonzero().flatten().tolist() == free
        assert canvas.slots[row][canvas.is_slot[row]].tolist() == free
        assert not canvas.slots[row][~canvas.is_slot[row]].any()
        mine = canvas.free().rows == row
        assert canvas.free().columns[mine].tolist() == free
        assert canvas.free().ranks[mine].tolist() == list(range(length))
        edges = [ONLY] if length == 1 else [FIRST, *[INSIDE] * (length - 2), LAST]
        assert canvas.free().edges[mine].tolist() == edges
        shown = drawn(canvas)[row][len(prompt.piece) + length :]
        everything = prompt.text_after + "".join(map(chr, prompt.closing))
        assert shown == everything.ljust(canvas_length, ".")[: len(shown)]


@settings(max_examples=40)
@given(prompts(), st.sampled_from([40, *BUCKETS]))
def test_the_longest_hole_leaves_some_suffix_to_be_seen(prompt: Prompt, canvas_length: int):
    longest = longest_hole(prompt, canvas_length)
    row = drawn(lay_out(prompt, [longest], canvas_length))[0]
    assert row.count("_") == longest
    assert len(row.rpartition("_")[2]) >= min(len(prompt.suffix), NEAR_SUFFIX // 2)


def test_kept_candidates_are_those_that_were_named():
    canvas = lay_out(prompt_of("p", "AB"), [3, 1, 2], 8)
    kept = canvas.keep(torch.tensor([2, 0]))
    assert drawn(kept) == ["p__AB...", "p___AB.."]
    assert kept.is_slot.sum(dim=-1).tolist() == [2, 3]
