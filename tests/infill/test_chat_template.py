"""The published model's conventions, with its special tokens at their real ids."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers

from mezzotint_infill.canvas import lay_out
from mezzotint_infill.chat_template import fence_for
from mezzotint_infill.checkpoint import (
    named_tokens,
    read_config,
    read_generation_config,
    read_grammar,
)
from mezzotint_infill.hole import Hole, Rewrite
from mezzotint_infill.memory.recorded import recorded_facts
from mezzotint_infill.prompt import Prompt, Shape, chat_prompt
from mezzotint_infill.tasks import task_of
from mezzotint_infill.vocabulary import Vocabulary, read_vocabulary

FACTS = recorded_facts()
IDS: dict[str, int] = FACTS["tokens"]
WIDTH: int = FACTS["config"]["text_config"]["vocab_size"]
TURN = 105
"""Before ``<turn|>``, as in Gemma 4."""
IMAGES = (255_999, 258_880, 258_882)
SPECIAL = {
    **{number: text for text, number in IDS.items() if text.startswith("<")},
    **{number: f"<image {number}>" for number in IMAGES},
    TURN: "<|turn>",
}
NOT_CALLED_SPECIAL = {IDS["<mask>"], IDS["<|channel>"], *IMAGES}
SCAFFOLD = [100, 45518, 107, 101]
CODE = st.text(alphabet="`\nab ", max_size=40)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """As wide as the published one; what its ids are is told by the recorded facts, or one byte."""
    letters = [f"<0x{byte:02X}>" for byte in range(256)]
    letters += ["\u2581", *map(chr, range(33, 127)), "th", "tho", "thou", "thoug", "though"]
    texts = {**SPECIAL, IDS["\n"]: "\n", IDS["thought"]: "thought"}
    free = (number for number in range(1000, WIDTH) if number not in texts)
    texts |= {next(free): letter for letter in letters}
    vocabulary = {texts.get(number, f"\0{number}"): number for number in range(WIDTH)}
    merges = [("thought"[:end], "thought"[end]) for end in range(1, 7)]
    made = Tokenizer(models.BPE(vocabulary, merges, byte_fallback=True))
    made.normalizer = normalizers.Replace(" ", "\u2581")
    made.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    steps = [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()]
    made.decoder = decoders.Sequence(steps)
    added = {number: AddedToken(text, normalized=False) for number, text in SPECIAL.items()}
    made.add_special_tokens([it for n, it in added.items() if n not in NOT_CALLED_SPECIAL])
    made.add_tokens([it for number, it in added.items() if number in NOT_CALLED_SPECIAL])
    made.encode_special_tokens = True
    return made


def named_in(folder: Path) -> set[int]:
    return named_tokens(read_config(folder), read_generation_config(folder))


@pytest.fixture(scope="module")
def vocabulary(tokenizer: Tokenizer, folder: Path) -> Vocabulary:
    return read_vocabulary(tokenizer, WIDTH, named_in(folder))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published checkpoint's small files."""
    made = tmp_path_factory.mktemp("published")
    for name in ("config", "generation_config"):
        (made / f"{name}.json").write_text(json.dumps(FACTS[name]))
    return made


def ask(tokenizer: Tokenizer, folder: Path, hole: Hole) -> Prompt:
    return chat_prompt(
        hole.prefix, hole.suffix, hole.language,
        lambda text: tokenizer.encode(text, add_special_tokens=False).ids, lambda _text: False,
        read_grammar(tokenizer, folder), context=512, canvas=256, task=task_of(hole),
    )  # fmt: skip


def read_back(tokenizer: Tokenizer, *tokens: int) -> str:
    return tokenizer.decode(list(tokens), skip_special_tokens=False)


def test_special_tokens_are_found_at_the_recorded_ids(tokenizer: Tokenizer, folder: Path):
    grammar = read_grammar(tokenizer, folder)
    assert (grammar.bos, grammar.eos, grammar.shape) == (2, 1, Shape.CHAT)
    assert grammar.turns is not None
    assert (grammar.turns.end, grammar.turns.thought_start, grammar.turns.thought_end) == (
        106, 100, 101,
    )  # fmt: skip


HOLES = {
    "fill": Hole("import os\nx = ", "\ny = 2\n", "python"),
    "rewrite": Hole("a = ", "\n", "rust", rewrite=Rewrite("x + 1", 0.5, instruction="use <b>")),
}


@pytest.mark.parametrize("hole", HOLES.values(), ids=HOLES)
def test_a_prompt_is_two_turns_and_an_empty_thought_in_the_published_ids(
    tokenizer: Tokenizer, folder: Path, hole: Hole
):
    encoded = list(ask(tokenizer, folder, hole).encoded)
    assert encoded[:2] == [2, TURN]
    assert [token for token in encoded if token in SPECIAL] == [2, TURN, 106, TURN, 100, 101]
    end = encoded.index(106)
    assert encoded[end : end + 3] == [106, 107, TURN]
    thought = encoded.index(100)
    assert encoded[thought : thought + 4] == SCAFFOLD
    assert encoded[thought - 1] == 107
    assert read_back(tokenizer, *encoded[end + 2 : thought]) == "<|turn>model\n"


def test_a_prompt_for_rewriting_says_what_to_do(tokenizer: Tokenizer, folder: Path):
    said = read_back(tokenizer, *ask(tokenizer, folder, HOLES["rewrite"]).encoded)
    assert "What to do: use <b>\n\n```rust\na = <START>x + 1<END>\n```<turn|>" in said
    assert said.endswith("<channel|>```rust\na =")


@pytest.mark.parametrize(
    ("suffix", "tail"),
    [("\ny = 2\n", "\ny = 2\n```<turn|><eos>"), ("", "\n```<turn|><eos>"), (")", ")\n```<turn|>")],
)
def test_a_canvas_ends_its_fence_and_its_turn_and_is_filled_up_with_eos(
    tokenizer: Tokenizer, folder: Path, suffix: str, tail: str
):
    prompt = ask(tokenizer, folder, Hole("x = ", suffix, "python"))
    tokens: Any = lay_out(prompt, [3], 256).tokens
    row: list[int] = tokens[0].tolist()
    after = row[len(prompt.piece) + 3 :]
    assert read_back(tokenizer, *after).startswith(tail)
    assert set(after[after.index(106) + 1 :]) == {1}
    assert len(row) in (32, 48)


def test_what_is_no_text_never_lands_in_a_hole(vocabulary: Vocabulary):
    for number in SPECIAL:
        assert vocabulary.forbidden[number]
        assert vocabulary.forbidden_within_line[number]


def test_text_may(vocabulary: Vocabulary):
    allowed = (~vocabulary.forbidden).sum()
    assert allowed == WIDTH - len(SPECIAL)
    assert not vocabulary.forbidden[107]
    assert vocabulary.forbidden_within_line[107]


def test_tokens_are_named_by_the_checkpoints_own_files(folder: Path):
    assert named_in(folder) == {0, 1, 50, 106, *IMAGES}


@given(st.sampled_from(["python", "c++", "", "two words", "a`b"]), CODE)
def test_no_code_ends_its_own_fence(language: str, code: str):
    fence = fence_for(language, code)
    assert fence.marks not in code
    whole = fence.around(code)
    assert whole.startswith(fence.marks)
    lines = whole.removesuffix("\n").split("\n")
    assert lines[-1] == fence.marks
    inner = "\n".join(lines[1:-1])
    assert inner == code.removesuffix("\n")


@pytest.mark.parametrize(
    ("language", "code", "opening"),
    [
        ("python", "x", "```python\n"),
        ("c++", "", "```c++\n"),
        ("plain text", "", "```\n"),
        ("markdown", "```sh\nls\n```\n", "````markdown\n"),
        ("markdown", "`````", "``````markdown\n"),
        ("python", "``", "```python\n"),
    ],
)
def test_a_fence_is_as_long_as_it_has_to_be(language: str, code: str, opening: str):
    assert fence_for(language, code).opening == opening
