"""Which tokens may land in a hole: a vocabulary in, the tokens that may not out."""

import pytest
from tokenizers import AddedToken, Tokenizer, decoders, models

from mezzotint_infill.vocabulary import read_vocabulary

WORDS = ["x", " y", "\n", "\n    ", "):\n", "\r", "\r\n", "\t", "<", "<b>", "é", "\x0c"]
SPECIAL = ["<pad>", "<eos>", "<|turn>", "<turn|>"]
NO_TEXT = [
    "<unused0>", "<unused99>", "<extra_id_3>", "<reserved_special_token_7>", "<mask>", "<2mass>",
    "[@BOS@]", "<|channel>", "<channel|>", "<|think|>", '<|"|>', "<|image|>",
]  # fmt: skip
TEXT = ["<div>", "\n\n", "<|", "|>", "<||>", "<a|b>", "|> f <|"]
PLAIN = [*NO_TEXT, *TEXT]
WIDER_BY = 3
BEYOND = ["nothing"] * WIDER_BY


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """Special tokens, tokens that were added without being special, and ordinary ones."""
    made = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, "x"))
    made.decoder = decoders.Fuse()
    made.add_special_tokens([AddedToken(text, special=True) for text in SPECIAL])
    made.add_tokens(PLAIN)
    return made


def check(tokenizer: Tokenizer, *expected: str, within_line: bool, named: set[int]) -> None:
    vocabulary = read_vocabulary(tokenizer, tokenizer.get_vocab_size() + WIDER_BY, named)
    forbidden = vocabulary.forbidden_in(within_line=within_line)
    names = [*WORDS, *SPECIAL, *PLAIN, *BEYOND]
    assert [name for name, no in zip(names, forbidden, strict=True) if no] == list(expected)


NEVER = (*SPECIAL, *NO_TEXT, *BEYOND)


def test_special_unused_and_missing_tokens_never_land_in_a_hole(tokenizer: Tokenizer):
    check(tokenizer, *NEVER, within_line=False, named=set())


def test_nor_does_what_ends_a_text_whatever_it_looks_like(tokenizer: Tokenizer):
    check(tokenizer, "x", *NEVER, within_line=False, named={0, 10_000})


def test_no_line_break_lands_within_a_line(tokenizer: Tokenizer):
    breaks = ["\n", "\n    ", "):\n", "\r", "\r\n"]
    check(tokenizer, *breaks, *NEVER[:-WIDER_BY], "\n\n", *BEYOND, within_line=True, named=set())


def test_an_output_that_is_narrower_than_the_tokenizer_is_no_trouble(tokenizer: Tokenizer):
    vocabulary = read_vocabulary(tokenizer, 4, {1, 40})
    assert vocabulary.forbidden.tolist() == [False, True, False, False]
    assert vocabulary.forbidden_within_line.tolist() == [False, True, True, True]
