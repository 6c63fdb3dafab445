"""Words that are cut in two: ``retu‸`` in, what is healed and what may stand there out."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from mezzotint_infill.seams import FIRST, INSIDE, LAST, ONLY, Seams, split_after, split_before
from mezzotint_infill.vocabulary import Vocabulary, read_vocabulary

WORDS = ["return", "ret", "re", "item", "it", "get", " get", "_", "em", "(", ")", "()", "es"]
LETTERS = ["r", "e", "t", "u", "n", "i", "m", "g", "s", " "]
TEXTS = [*WORDS, *LETTERS]
EVERYWHERE_ALLOWED = torch.zeros(len(TEXTS), dtype=torch.bool)
WORD = st.text("retunims", max_size=5)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """Cuts off the longest word first, as far as it knows words."""
    vocabulary = {text: n for n, text in enumerate(TEXTS)}
    unknown = "r"  # every text here is known
    made = Tokenizer(models.WordPiece(vocabulary, unk_token=unknown, continuing_subword_prefix=""))
    made.pre_tokenizer = pre_tokenizers.Split("[", "removed")
    made.decoder = decoders.Fuse()
    return made


@pytest.fixture(scope="module")
def vocabulary(tokenizer: Tokenizer) -> Vocabulary:
    return read_vocabulary(tokenizer, len(TEXTS), set())


def encoded(tokenizer: Tokenizer, text: str) -> list[int]:
    return tokenizer.encode(text).ids


@pytest.mark.parametrize(
    ("piece", "pinned", "healed"),
    [
        ("it", "", "it"),
        ("retu", "", "retu"),
        ("getit", "get", "it"),
        (" ge", "", " ge"),
        ("getu", "get", "u"),
        ("return", "", "return"),
        ("(", "(", ""),
        ("get ", "get ", ""),
        ("", "", ""),
    ],
)
def test_as_much_of_a_word_is_healed_as_a_token_may_begin_with(
    tokenizer: Tokenizer, vocabulary: Vocabulary, piece: str, pinned: str, healed: str
):
    found = split_before(piece, lambda text: encoded(tokenizer, text), vocabulary.can_begin)
    assert found == (encoded(tokenizer, pinned), healed)


@pytest.mark.parametrize(
    ("suffix", "healed", "rest"),
    [
        ("em)", "em", ")"),
        ("items", "item", "s"),
        ("(it)", "", "(it)"),
        (" it", "", " it"),
        ("", "", ""),
    ],
)
def test_of_a_word_behind_the_hole_the_first_token_is_healed(
    tokenizer: Tokenizer, suffix: str, healed: str, rest: str
):
    assert split_after(suffix, lambda text: encoded(tokenizer, text)) == (healed, rest)


def check(vocabulary: Vocabulary, before: str, after: str, edge: int, *allowed: str) -> None:
    forbidden = Seams(before, after).forbidden(vocabulary, EVERYWHERE_ALLOWED)
    found = [text for text, no in zip(TEXTS, forbidden[edge], strict=True) if not no]
    assert sorted(found) == sorted(allowed)


def test_the_first_token_begins_with_what_is_there(vocabulary: Vocabulary):
    check(vocabulary, "re", "", FIRST, "re", "ret", "return")


def test_the_last_token_ends_with_what_is_there(vocabulary: Vocabulary):
    check(vocabulary, "", "em", LAST, "em", "item")


def test_a_lone_token_does_both_and_says_something(vocabulary: Vocabulary):
    check(vocabulary, "i", "em", ONLY, "item")
    check(vocabulary, "re", "", ONLY, "ret", "return")


def test_where_no_token_fits_none_is_forbidden(vocabulary: Vocabulary):
    check(vocabulary, "it", "em", ONLY, *TEXTS)


def test_tokens_inside_are_free(vocabulary: Vocabulary):
    check(vocabulary, "re", "em", INSIDE, *TEXTS)


def test_what_can_stand_nowhere_stands_at_no_edge(vocabulary: Vocabulary):
    everywhere = torch.tensor([text == "return" for text in TEXTS])
    forbidden = Seams("re", "").forbidden(vocabulary, everywhere)
    assert forbidden[:, TEXTS.index("return")].all()


@given(WORD, WORD, WORD)
def test_the_middle_is_what_its_seams_leave_of_it(before: str, middle: str, after: str):
    seams = Seams(before, after)
    assert seams.between(seams.around(middle)) == middle


@pytest.mark.parametrize("text", ["x", "itx", "xem", "ite"])
def test_text_that_disagrees_is_no_middle(text: str):
    assert Seams("it", "em").between(text) is None


def test_drafts_show_what_stands_in_the_hole():
    assert Seams("re", "es").without(["return", " ", "itemes"]) == ["turn", " ", "item"]
    assert Seams("i", "em").without(["item"]) == ["t"]
    assert Seams("i", "em").without(["noise"]) == ["noise"]
