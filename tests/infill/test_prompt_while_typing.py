"""How much of a chat checkpoint's prompt stays as it was while somebody types, and what it shows."""

from itertools import pairwise

import pytest
from tokenizers import Tokenizer

from mezzotint_infill.chat_template import Turns
from mezzotint_infill.embedded.tokenizer import train_tokenizer
from mezzotint_infill.hole import Snippet
from mezzotint_infill.prompt import Grammar, Prompt, chat_prompt, lasting_head
from mezzotint_infill.tasks import HOLE_MARK, Task

LINES = "".join(
    f"def name_{n}(first, second=None):\n    value = first[{n}] or second\n    return {{value: 'x'}}\n\n\n"
    for n in range(90)
)
CONTEXT, CANVAS = 288, 48
TURN, TURN_END, THOUGHT, THOUGHT_END = range(1000, 1004)
CHAT = Grammar(bos=2, eos=1, turns=Turns(TURN, TURN_END, THOUGHT, THOUGHT_END))
SNIPPETS = (Snippet("a.py", LINES[:300]),)
REGION = Task("Rewrite it.\n\n", "<START>x<END>")
CODE = LINES[40:240]
TYPED = {
    "code": CODE,
    "new words": "value = compute(first, second, third) + 17  # why\n" * 4,
    "short lines": "x = 1\n" * 34,
    "one line": "a, " * 67,
    "no words": "(" * 200,
}


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """Its vocabulary has none of the special tokens' numbers."""
    return train_tokenizer([LINES], 500)


def ask(tokenizer: Tokenizer, prefix: str, suffix: str, task: Task | None = None) -> Prompt:
    def encode(text: str) -> list[int]:
        return tokenizer.encode(text, add_special_tokens=False).ids

    return chat_prompt(
        prefix, suffix, "python", encode, lambda _: False, CHAT,
        context=CONTEXT, canvas=CANVAS, snippets=SNIPPETS, task=task,
    )  # fmt: skip


def read_again(one: Prompt, other: Prompt) -> int:
    """How many tokens of the second prompt are not known from the first."""
    pairs = zip(one.encoded, other.encoded, strict=False)
    common = next((n for n, (a, b) in enumerate(pairs) if a != b), len(one.encoded))
    return max(0, len(other.encoded) - common)


def shown_and_reply(tokenizer: Tokenizer, prompt: Prompt) -> tuple[str, str]:
    """The code in the question, and as much of the reply as has been written."""
    encoded = list(prompt.encoded)
    question = tokenizer.decode(encoded[: encoded.index(TURN_END)])
    reply = tokenizer.decode(encoded[encoded.index(THOUGHT_END) + 1 :])
    *_, shown = question.split("```python\n")
    return shown.removesuffix("\n```"), reply.removeprefix("```python\n")


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
@pytest.mark.parametrize("behind", [0, 300, 1_500, 2_113, 3_000])
def test_two_hundred_keys_cost_what_they_add_and_a_prompt_or_two(
    tokenizer: Tokenizer, behind: int, typed: str
):
    prompts = [
        ask(tokenizer, LINES[:behind] + typed[:count], "\n" + LINES[behind:])
        for count in range(201)
    ]
    costs = [read_again(one, other) for one, other in pairwise(prompts)]
    whole = max(len(prompt.encoded) for prompt in prompts)
    assert sum(cost > 8 for cost in costs) <= 3
    assert sum(costs) <= 2 * whole + 200


def test_what_an_editor_closes_by_itself_is_read_no_sooner_than_it_is_typed_over(
    tokenizer: Tokenizer,
):
    """The rest of the cursor's line is in the canvas and not in the question."""
    after = "\n" + LINES[2_000:]
    steps = [("x = f", after), ("x = f(", ")" + after), ("x = f('", "')" + after)]
    prompts = [ask(tokenizer, LINES[:2_000] + left, right) for left, right in steps]
    assert all(read_again(one, other) <= 4 for one, other in pairwise(prompts))


@pytest.mark.parametrize("end", range(100, 3_100, 211))
def test_the_file_in_the_question_has_a_gap_from_a_line_above_to_the_end_of_the_line(
    tokenizer: Tokenizer, end: int
):
    prompt = ask(tokenizer, LINES[:end], LINES[end:])
    shown, reply = shown_and_reply(tokenizer, prompt)
    head, mark, tail = shown.partition(HOLE_MARK)
    assert mark
    assert head[-1:] in ("", "\n")
    assert reply.startswith(head)
    assert LINES[:end] == LINES[:end].removesuffix(reply + prompt.text_before) + (
        reply + prompt.text_before
    )
    assert tail
    assert LINES[end + LINES[end:].index("\n") :].startswith(tail)


def test_what_is_shown_of_a_growing_window_moves_twice_and_ends_with_a_line():
    heads = [lasting_head(LINES[:end], 300) for end in range(2_000)]
    assert [heads.index(head) for head in dict.fromkeys(heads)] == [0, 300, 600]
    assert all(LINES.startswith(head) and head[-1:] in ("", "\n") for head in heads)


def test_most_of_a_full_window_is_shown_twice(tokenizer: Tokenizer):
    for end in range(2_000, 3_000, 37):
        shown, reply = shown_and_reply(tokenizer, ask(tokenizer, LINES[:end], ""))
        assert len(shown) > len(reply) / 3


def test_what_is_asked_for_by_hand_is_shown_whole(tokenizer: Tokenizer):
    prompt = ask(tokenizer, LINES[:2_000] + "x = ", "\ny\n", REGION)
    shown, reply = shown_and_reply(tokenizer, prompt)
    assert shown == f"{reply}{prompt.text_before}<START>x<END>\ny"


def test_the_last_line_of_a_file_ends_with_the_gap(tokenizer: Tokenizer):
    shown, _ = shown_and_reply(tokenizer, ask(tokenizer, "x = 1\ny = f(", ")"))
    assert shown == HOLE_MARK
