"""Which engines run: those that answer, and no others; asking starts none."""

from collections.abc import Callable
from pathlib import Path

import psutil

from mezzotint_infill.engine import running
from mezzotint_infill.engine.address import engine_address
from mezzotint_infill.engine.launch import ensure_engine
from mezzotint_infill.infiller import EngineStatus


def test_where_none_answers_none_is_found_and_none_started(
    engine_folder: Path, running_engines: Callable[[], list[psutil.Process]]
) -> None:
    engine_address("embedded", None).socket.touch()
    assert running.running_engines() == []
    assert running_engines() == []


def test_an_engine_that_runs_says_what_it_is(
    scripted_model: Callable[..., str], running_engines: Callable[[], list[psutil.Process]]
) -> None:
    ensure_engine(scripted_model({"a": "b"}))
    (state,) = running.running_engines()
    assert state.model == "scripted"
    assert state.status in (EngineStatus.STARTING, EngineStatus.LOADING, EngineStatus.READY)
    assert len(running_engines()) == 1
