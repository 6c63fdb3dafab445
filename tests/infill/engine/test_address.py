"""Where engines are found: one place for each model and device, private, short enough."""

import os
from pathlib import Path

import pytest
from filelock import FileLock

from mezzotint_infill.engine.address import (
    MAX_SOCKET_BYTES,
    RUNTIME_VARIABLE,
    address_at,
    engine_address,
    is_held,
    settled_model,
)
from mezzotint_infill.errors import EngineUnavailableError
from mezzotint_infill.plans import NAMES


def test_an_engine_has_one_address(engine_folder: Path) -> None:
    assert engine_address("embedded", None) == engine_address("embedded", None)
    assert engine_address("embedded", None).socket.parent == engine_folder


@pytest.mark.parametrize(
    ("model", "device"),
    [("embedded", "cpu"), ("google/embedded", None), ("Embedded", None), ("embedded\n", None)],
)
@pytest.mark.usefixtures("engine_folder")
def test_another_model_or_device_has_another_address(model: str, device: str | None) -> None:
    assert engine_address(model, device).socket != engine_address("embedded", None).socket


@pytest.mark.usefixtures("engine_folder")
def test_each_memory_plan_has_an_address_of_its_own() -> None:
    assert len({engine_address("embedded", "cpu", plan).socket for plan in NAMES}) == len(NAMES)
    assert engine_address("embedded", "cpu") == engine_address("embedded", "cpu", "auto")


@pytest.mark.parametrize(
    "model",
    [
        "google/diffusiongemma-26b-a4b-it",
        "../../etc/passwd",
        "模型",
        "a" * 500,
        "~nobody-of-that-name",
        "a\0b",
        "",
    ],
)
def test_every_name_makes_a_short_file_name_in_the_folder(engine_folder: Path, model: str) -> None:
    socket = engine_address(model, "cuda:0", "w4-fp8-emb8").socket
    assert socket.parent == engine_folder
    assert len(socket.name) < 50
    assert socket.name.isascii()


def test_a_model_in_a_folder_is_the_same_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "checkpoint").mkdir()
    monkeypatch.chdir(tmp_path)
    assert settled_model("checkpoint") == str(tmp_path / "checkpoint")
    assert settled_model("scripted:a.json") == f"scripted:{tmp_path / 'a.json'}"
    assert settled_model("google/checkpoint") == "google/checkpoint"


def test_a_folder_in_the_way_does_not_hide_the_embedded_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "embedded").mkdir()
    monkeypatch.chdir(tmp_path)
    assert settled_model("embedded") == "embedded"


def test_the_folder_is_made_for_its_user_alone(
    engine_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(RUNTIME_VARIABLE, str(engine_folder / "new"))
    folder = engine_address("embedded", None).socket.parent
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_can_open_is_refused(
    engine_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (engine_folder / "open").mkdir(mode=0o755)
    monkeypatch.setenv(RUNTIME_VARIABLE, str(engine_folder / "open"))
    with pytest.raises(EngineUnavailableError, match="open to others: its mode is not 0700"):
        engine_address("embedded", None)


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can give a folder away.")
def test_a_folder_of_somebody_else_is_refused(
    engine_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (engine_folder / "theirs").mkdir(mode=0o700)
    os.chown(engine_folder / "theirs", 65534, 65534)
    monkeypatch.setenv(RUNTIME_VARIABLE, str(engine_folder / "theirs"))
    with pytest.raises(EngineUnavailableError, match="belongs to another user"):
        engine_address("embedded", None)


def test_a_folder_that_cannot_be_made_is_a_sentence(
    engine_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (engine_folder / "file").write_text("")
    monkeypatch.setenv(RUNTIME_VARIABLE, str(engine_folder / "file" / "folder"))
    with pytest.raises(EngineUnavailableError, match=f"name another one in {RUNTIME_VARIABLE}"):
        engine_address("embedded", None)


def test_a_path_that_is_too_long_for_a_socket_is_a_sentence(engine_folder: Path) -> None:
    longest = engine_folder / ("s" * (MAX_SOCKET_BYTES - len(str(engine_folder)) - 1))
    assert address_at(longest).socket == longest
    with pytest.raises(EngineUnavailableError, match="has 104 bytes, and 103 is the most"):
        address_at(Path(f"{longest}s"))


def test_a_lock_is_held_as_long_as_somebody_has_it(tmp_path: Path) -> None:
    path = tmp_path / "engine.lock"
    assert not is_held(path)
    with FileLock(path):
        assert is_held(path)
        assert is_held(path)
    assert not is_held(path)
    path.touch()
    assert not is_held(path)
