"""Checkpoints that are not there, are damaged or are something else: one sentence for each."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
from tokenizers import Tokenizer

from mezzotint_infill.errors import DamagedModelError, ModelError, UnknownModelError
from mezzotint_infill.model import Model, load_model


def check(name: str, kind: type[ModelError], *words: str, device: str = "cpu") -> None:
    with pytest.raises(kind) as caught:
        load_model(name, device)
    sentence = str(caught.value)
    assert type(caught.value) is kind
    assert "\n" not in sentence
    assert len(sentence) < 400
    for word in words:
        assert word in sentence


@pytest.mark.parametrize(
    "name",
    ["no-such-model", "somebody/no-such-model", "/no/such/folder", "~nobody-of-this-name/model"],
)
def test_an_unknown_name_is_answered_with_the_one_that_ships(name: str):
    check(name, UnknownModelError, name, "'embedded'")


@pytest.mark.parametrize("name", ["x" * 5_000, "a/b/c", "what is this?", "\0"])
def test_a_name_that_cannot_be_one_is_unknown(name: str):
    with pytest.raises(UnknownModelError):
        load_model(name, "cpu")


def test_a_folder_without_a_config_is_no_model(tmp_path: Path):
    check(str(tmp_path), UnknownModelError, str(tmp_path), "no config.json")


def test_a_file_is_no_model(tiny_checkpoint: Path):
    check(str(tiny_checkpoint / "model.safetensors"), UnknownModelError, "no config.json")


def set_value(folder: Path, file: str, key: str, value: object) -> None:
    path = folder / file
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))


def truncate_weights(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-500])


def empty_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"")


def lose_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def lose_one_weight(folder: Path) -> None:
    typed_in_part: Any = safetensors.torch
    weights = typed_in_part.load_file(folder / "model.safetensors")
    del weights["model.decoder.layers.1.self_attn.q_proj.weight"]
    typed_in_part.save_file(weights, folder / "model.safetensors", {"format": "pt"})


def change_a_size(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["hidden_size"] = 48
    (folder / "config.json").write_text(json.dumps(config))


def lose_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def break_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"version": "1.0"}')


def lose_a_special_token(folder: Path) -> None:
    path = folder / "tokenizer.json"
    path.write_text(path.read_text().replace("<eos>", "<end>"))


def lose_generation_config(folder: Path) -> None:
    (folder / "generation_config.json").unlink()


def break_generation_config(folder: Path) -> None:
    (folder / "generation_config.json").write_text("{")


def break_config(folder: Path) -> None:
    (folder / "config.json").write_text('{"model_type": "diffusion_ge')


def make_config_a_list(folder: Path) -> None:
    (folder / "config.json").write_text("[]")


def make_config_binary(folder: Path) -> None:
    (folder / "config.json").write_bytes(b"\xff\xfe\x00")


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (truncate_weights, ""),
        (empty_weights, ""),
        (lose_weights, "model.safetensors"),
        (lose_one_weight, "lacks weights: model.decoder.layers.1.self_attn.q_proj.weight."),
        (change_a_size, ""),
        (lose_tokenizer, "No such file"),
        (break_tokenizer, ""),
        (lose_a_special_token, "has no <eos> token."),
        (lose_generation_config, "generation_config.json"),
        (break_generation_config, ""),
        (break_config, "config.json"),
        (make_config_a_list, "config.json"),
        (make_config_binary, "config.json"),
    ],
)
def test_damage_is_named(
    tiny_checkpoint: Path, tmp_path: Path, damage: Callable[[Path], None], word: str
):
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "model")
    damage(folder)
    check(str(folder), DamagedModelError, str(folder), word)


def test_a_model_of_another_type_is_not_taken_for_a_broken_one(
    tiny_checkpoint: Path, tmp_path: Path
):
    """Without the check its weights would be made up: 26 B of them."""
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "model")
    set_value(folder, "config.json", "model_type", "llama")
    check(str(folder), UnknownModelError, "llama", "diffusion_gemma")


def test_pickled_weights_are_not_read(tiny_checkpoint: Path, tmp_path: Path):
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "model")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    check(str(folder), DamagedModelError, "safetensors")


@pytest.mark.parametrize("device", ["cuda:99", "banana"])
def test_a_device_that_is_not_there_is_no_fault_of_the_model(tiny_checkpoint: Path, device: str):
    check(str(tiny_checkpoint), ModelError, f"The device '{device}' cannot be used", device=device)


def test_a_checkpoint_says_how_it_wants_to_be_sampled(tiny_checkpoint: Path, tmp_path: Path):
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "model")
    set_value(folder, "generation_config.json", "max_denoising_steps", 7)
    set_value(folder, "generation_config.json", "t_min", 0.25)
    defaults = load_model(str(folder), "cpu").defaults
    assert (defaults.steps, defaults.t_min) == (7, 0.25)


def test_text_that_spells_a_special_token_is_encoded_as_text(tiny_model: Model):
    text = "x = '<eos><bos><pad><unk>'\n"
    assert not {0, 1, 2, 3} & set(tiny_model.encode(text))
    assert tiny_model.decode(tiny_model.encode(text)) == text


def test_a_chat_checkpoint_is_known_by_its_turns(tiny_checkpoint: Path, tmp_path: Path):
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "model")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.add_special_tokens(["<|turn>", "<turn|>", "<|channel>", "<channel|>"])
    tokenizer.save(str(folder / "tokenizer.json"))
    turns = load_model(str(folder), "cpu").grammar.turns
    assert turns is not None
    names = ["<|turn>", "<turn|>", "<|channel>", "<channel|>"]
    ids = [turns.start, turns.end, turns.thought_start, turns.thought_end]
    assert ids == [tokenizer.token_to_id(name) for name in names]


def test_a_token_that_the_checkpoint_names_never_lands_in_a_hole(
    tiny_checkpoint: Path, tmp_path: Path
):
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "model")
    before = load_model(str(folder), "cpu").tokens.forbidden
    ordinary = int((~before).nonzero()[0])
    set_value(folder, "generation_config.json", "eos_token_id", [1, ordinary])
    after = load_model(str(folder), "cpu").tokens.forbidden
    assert (before != after).nonzero().flatten().tolist() == [ordinary]
