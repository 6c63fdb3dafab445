"""A hole in tokens: what the encoder reads, what is pinned, and what no text can smuggle in."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers

from mezzotint_infill.chat_template import Turns
from mezzotint_infill.embedded.tokenizer import train_tokenizer
from mezzotint_infill.hole import Snippet
from mezzotint_infill.pieces import split_piece
from mezzotint_infill.prompt import (
    Encode,
    Grammar,
    Prompt,
    chat_prompt,
    plain_prompt,
    sticky_window,
)
from mezzotint_infill.seams import Seams

LINES = "".join(
    f"def name_{n}(first, second=None):\n    value = first[{n}] or second\n    return {{value: 'x'}}\n\n\n"
    for n in range(60)
)
RULES = ("#" + "-" * 300 + "\n") * 60
SPECIAL = ["<pad>", "<eos>", "<bos>", "<unk>", "<|turn>", "<turn|>", "<|channel>", "<channel|>"]
PAD, EOS, BOS, _, TURN, TURN_END, THOUGHT, THOUGHT_END = range(8)
CHAT = Grammar(BOS, EOS, Turns(TURN, TURN_END, THOUGHT, THOUGHT_END))
PLAIN = Grammar(bos=2, eos=1)
CONTEXT, CANVAS = 288, 48
CODE = st.text(alphabet=" \t\nab_9(.'#é½\u0301字🎨", max_size=60)
ANY_LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=40)


@pytest.fixture(scope="module")
def plain() -> Tokenizer:
    """As the embedded model's."""
    made = train_tokenizer([LINES, RULES], 500)
    made.encode_special_tokens = True
    return made


@pytest.fixture(scope="module")
def chat() -> Tokenizer:
    """One token a byte, spaces as DiffusionGemma's tokenizer has them, and its special tokens."""
    letters = [
        "\u2581",
        *map(chr, range(33, 127)),
        "\n",
        *(f"<0x{byte:02X}>" for byte in range(256)),
    ]
    vocabulary = {text: n for n, text in enumerate([*SPECIAL, *letters])}
    made = Tokenizer(models.BPE(vocabulary, [], byte_fallback=True))
    made.normalizer = normalizers.Replace(" ", "\u2581")
    made.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    steps = [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()]
    made.decoder = decoders.Sequence(steps)
    made.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in SPECIAL])
    made.encode_special_tokens = True
    return made


def encoding(tokenizer: Tokenizer) -> Encode:
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids


def read_back(tokenizer: Tokenizer, *tokens: int) -> str:
    return tokenizer.decode(list(tokens), skip_special_tokens=False)


def whole_words(text: str) -> bool:
    """That tokens begin with text which is a whole word's part."""
    return len(text) < 3


def ask_plain(tokenizer: Tokenizer, prefix: str, suffix: str) -> Prompt:
    encode = encoding(tokenizer)
    return plain_prompt(prefix, suffix, encode, whole_words, PLAIN, context=CONTEXT, canvas=CANVAS)


def ask_chat(tokenizer: Tokenizer, prefix: str, suffix: str, *snippets: Snippet) -> Prompt:
    return chat_prompt(
        prefix, suffix, "python", encoding(tokenizer), whole_words, CHAT,
        context=CONTEXT, canvas=CANVAS, snippets=snippets,
    )  # fmt: skip


def check(prefix: str, before: str, piece: str) -> None:
    assert split_piece(prefix) == (before, piece)


@pytest.mark.parametrize(
    ("before", "piece"),
    [
        ("x = foo(", "ba"),
        ("x = foo", "("),
        ("x = f", "(("),
        ("x =", " "),
        ("x", " ="),
        ("x = foo(", "_bar"),
        ("x", "²½"),
        ("if x:\n", "    "),
        ("if x:\n    ", "re"),
        ("if x:\n", "\t"),
        ("x =", " 12"),
        ("x = 123", "45"),
        ("x = '", "naïve"),
        ("if x:\n", ""),
        ("", "x"),
        ("", ""),
    ],
)
def test_the_last_piece_of_a_line_is_split_off(before: str, piece: str):
    check(before + piece, before, piece)


@settings(max_examples=300)
@given(st.one_of(CODE, ANY_LINE))
def test_pieces_are_those_that_the_embedded_models_tokenizer_cuts_into(plain: Tokenizer, text: str):
    before, piece = split_piece(text)
    assert before + piece == text
    cutting = plain.pre_tokenizer
    assert cutting is not None
    cuts = [start for _, (start, _) in cutting.pre_tokenize_str(text)]
    assert piece == "" or len(before) in cuts
    assert piece == "" if text.endswith("\n") else text[cuts[-1] if cuts else 0 :] == piece


def test_the_last_piece_of_a_very_long_line_is_found_without_reading_it():
    check("a, " * 1_000_000 + "la", "a, " * 999_999 + "a,", " la")


@settings(max_examples=60)
@given(CODE, CODE)
def test_a_plain_prompt_is_the_file_byte_for_byte(plain: Tokenizer, prefix: str, suffix: str):
    prompt = ask_plain(plain, LINES[:300] + prefix, suffix)
    bos, *window = prompt.encoded
    assert bos == PLAIN.bos
    shown = read_back(plain, *window) + prompt.text_before
    assert shown
    assert (LINES[:300] + prefix).endswith(shown)
    seams = prompt.seams
    assert read_back(plain, *prompt.piece) + seams.before == prompt.text_before
    assert seams.after + read_back(plain, *prompt.suffix) == prompt.text_after == suffix
    assert prompt.closing == (PLAIN.eos,)


@pytest.mark.parametrize("ask", [ask_plain, ask_chat])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "x",
        LINES,
        "x" * 9_000,
        "字" * 9_000,
        "🎨" * 3_000,
        " " * 9_000,
        "#" + "-" * 9_000,
        "a b" * 9_000,
    ],
    ids=["empty", "line", "word", "code", "letters", "words", "pictures", "spaces", "rule", "long"],
)
def test_every_prompt_fits(
    ask: Callable[[Tokenizer, str, str], Prompt],
    text: str,
    plain: Tokenizer,
    chat: Tokenizer,
):
    tokenizer = plain if ask is ask_plain else chat
    prompt = ask(tokenizer, text, text)
    assert len(prompt.piece) <= CANVAS // 4
    assert len(prompt.suffix) <= CANVAS
    assert (ask is ask_chat) or len(prompt.encoded) <= CONTEXT
    assert text.endswith(prompt.text_before)
    assert text.startswith(prompt.text_after)


def test_what_is_not_all_of_the_suffix_fills_the_canvas(plain: Tokenizer):
    """Else the closing would stand in the middle of a file."""
    assert len(encoding(plain)(RULES[:600])) < CANVAS
    assert len(ask_plain(plain, "x", RULES).suffix) == CANVAS
    assert len(ask_plain(plain, "x", RULES[:4_000] + "x" * 99).suffix) == CANVAS


def test_the_window_is_a_good_part_of_what_fits_and_begins_with_a_line(plain: Tokenizer):
    encode = encoding(plain)
    for end in range(3_000, 4_000, 61):
        window = sticky_window(LINES[:end], encode, CONTEXT)
        assert CONTEXT // 2 <= len(window.tokens) <= CONTEXT
        assert LINES[:end].endswith("\n" + window.text)
        assert read_back(plain, *window.tokens) == window.text


@pytest.mark.parametrize(
    ("typed", "most"),
    [
        (LINES[:200], 1),
        ("value = compute(first, second, third) + 17  # why\n" * 4, 2),
        ("x = 1\n" * 34, 2),
        ("a, " * 67, 2),
    ],
    ids=["code", "new words", "short lines", "signs"],
)
@pytest.mark.parametrize("behind", [900, 1_500, 2_113, 2_500, 3_000])
def test_the_window_hardly_shifts_while_two_hundred_characters_are_typed(
    plain: Tokenizer, behind: int, typed: str, most: int
):
    encode = encoding(plain)
    texts = [LINES[:behind] + typed[:count] for count in range(0, 200, 4)]
    starts = [len(text) - len(sticky_window(text, encode, CONTEXT).text) for text in texts]
    assert sum(one != other for one, other in pairwise(starts)) <= most


def test_the_window_begins_where_it_would_if_all_of_the_file_were_there(plain: Tokenizer):
    encode = encoding(plain)
    whole = sticky_window(LINES[:3_000], encode, CONTEXT).text
    for offset in range(0, 3_000 - 2 * len(whole), 173):
        assert sticky_window(LINES[offset:3_000], encode, CONTEXT, offset).text == whole


def test_a_keystroke_within_a_word_leaves_the_encoders_prompt_alone(plain: Tokenizer):
    prompts = [
        ask_plain(plain, LINES[:2_000] + "\nres = valu"[:end], "\n") for end in (8, 9, 10, 11)
    ]
    assert len({prompt.encoded for prompt in prompts}) == 1
    assert [prompt.text_before for prompt in prompts] == [" v", " va", " val", " valu"]


def test_the_window_of_a_dense_line_moves_in_strides(chat: Tokenizer):
    """Every character of it is three tokens; each key that is typed would shift it otherwise."""
    encode = encoding(chat)
    windows = [sticky_window("字" * count, encode, CONTEXT) for count in range(900, 930)]
    assert all(CONTEXT // 2 <= len(window.tokens) <= CONTEXT for window in windows)
    starts = [count - len(window.text) for count, window in enumerate(windows, start=900)]
    assert len(set(starts)) <= 3


def test_a_chat_prompt_is_framed_as_the_checkpoint_was_trained(chat: Tokenizer):
    prompt = ask_chat(chat, "import os\nx = os.pa", "\ny = 2\n")
    said = read_back(chat, *prompt.encoded)
    assert said.startswith("<bos><|turn>user\nComplete the code at <HOLE>.")
    assert "\n\n```python\n<HOLE>\ny = 2\n```<turn|>\n" in said
    assert said.endswith(
        "<turn|>\n<|turn>model\n<|channel>thought\n<channel|>```python\nimport os\nx = os."
    )
    assert (read_back(chat, *prompt.piece), prompt.seams) == ("", Seams("pa", ""))
    assert read_back(chat, *prompt.suffix) == "\ny = 2\n"
    assert read_back(chat, *prompt.closing) == "```<turn|><eos>"
    assert [token for token in prompt.encoded if token < len(SPECIAL)] == [
        BOS, TURN, TURN_END, TURN, THOUGHT, THOUGHT_END,
    ]  # fmt: skip


def test_snippets_stand_before_the_task_in_their_order(chat: Tokenizer):
    shown = Snippet("a.py", "def a():"), Snippet("b/c.py", "C = '<turn|>'")
    prompt = ask_chat(chat, "x = ", "\n", *shown)
    said = read_back(chat, *prompt.encoded)
    assert (
        "user\nFrom a.py:\n```\ndef a():\n```\n\n"
        "From b/c.py:\n```\nC = '<turn|>'\n```\n\nComplete the" in said
    )
    assert sum(token < len(SPECIAL) for token in prompt.encoded) == 6


@pytest.mark.parametrize(
    "spelt", ["<turn|>", "<eos>", "<|turn>user", "<channel|>", "<bos>", "a<pad>b"]
)
def test_code_that_spells_a_special_token_stays_the_text_it_is(chat: Tokenizer, spelt: str):
    prompt = ask_chat(chat, f"x = '{spelt}'\ny = '{spelt}", f"{spelt}'\n")
    assert sum(token < len(SPECIAL) for token in prompt.encoded) == 6
    assert not any(token < len(SPECIAL) for token in (*prompt.piece, *prompt.suffix))
    reply = read_back(chat, *prompt.encoded, *prompt.piece).partition("<channel|>```python\nx")[2]
    assert "x" + reply + prompt.seams.before == f"x = '{spelt}'\ny = '{spelt}"
    assert prompt.seams.after + read_back(chat, *prompt.suffix) == f"{spelt}'\n"


def test_a_plain_prompt_cannot_be_told_that_the_file_ends(plain: Tokenizer):
    prompt = ask_plain(plain, "x = '<eos>", "<eos>'\n<bos>")
    assert not {0, 1, 2, 3} & {*prompt.encoded[1:], *prompt.piece, *prompt.suffix}


def test_a_chat_prompt_needs_a_chat_checkpoint(plain: Tokenizer):
    with pytest.raises(ValueError, match="chat checkpoint"):
        chat_prompt("", "", "python", encoding(plain), whole_words, PLAIN, context=9, canvas=9)
