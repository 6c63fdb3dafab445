"""What the driver says of its cards, understood or left out; and machines without any."""

from pathlib import Path

import pytest

from mezzotint_infill.memory.card import MIB, Card, cards_of_driver, present_card, read_query

ADA = "GPU-1c5b, NVIDIA GeForce RTX 4090, 570.86.10, 24564, 23028, 8.9\n"
HOPPER = "GPU-77aa, NVIDIA H200, 580.65.06, 143771, 143156, 9.0\n"


def test_a_card_is_read_from_the_drivers_answer() -> None:
    assert read_query(ADA) == [
        Card(
            "NVIDIA GeForce RTX 4090", "570.86.10", 24564 * MIB, 23028 * MIB, (8, 9),
            is_usable=False, uuid="1c5b",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (ADA + HOPPER, ["NVIDIA GeForce RTX 4090", "NVIDIA H200"]),
        ("", []),
        ("No devices were found\n", []),
        ("GPU-1, NVIDIA A, 570, [N/A], 5, 8.9\n" + HOPPER, ["NVIDIA H200"]),
        ("GPU-1, NVIDIA A, 570, 5, 5, [N/A]\n", []),
    ],
)
def test_what_is_not_understood_is_left_out(answer: str, names: list[str]) -> None:
    assert [card.name for card in read_query(answer)] == names


def program(folder: Path, script: str) -> str:
    path = folder / "nvidia-smi"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("script", "count"), [(f"printf '%s' '{ADA}'", 1), (f"printf '%s' '{ADA}'; exit 9", 0)]
)
def test_a_driver_that_fails_has_no_cards(tmp_path: Path, script: str, count: int) -> None:
    assert len(cards_of_driver(program(tmp_path, script))) == count


def test_no_driver_is_no_card(tmp_path: Path) -> None:
    assert cards_of_driver(str(tmp_path / "nvidia-smi")) == []


def test_asking_for_a_card_never_fails_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert present_card() is None


def test_a_card_that_torch_cannot_use_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, f"printf '%s' '{ADA}{HOPPER}'")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    card = present_card()
    assert card is not None
    assert (card.name, card.is_usable) == ("NVIDIA GeForce RTX 4090", False)
