"""Find the engine for a model and a device, or start it, so that all who ask share one.

Knows processes and locks; what the engine does once it answers is none of its business.
"""

import logging
import subprocess
import sys
import threading
import time
from pathlib import Path

from filelock import FileLock, Timeout

from mezzotint_infill.engine.address import (
    EngineAddress,
    engine_address,
    is_answered,
    settled_model,
)
from mezzotint_infill.errors import EngineUnavailableError
from mezzotint_infill.plans import AUTO

START_S = 120.0
"""How long an engine may take to answer; it answers before it reads its model."""

RUNNING_EXIT = 3
"""The exit status of an engine that found another one on its socket."""

_logger = logging.getLogger(__name__)


def ensure_engine(
    model: str = "embedded", device: str | None = None, idle_s: float = 1800, plan: str = AUTO
) -> Path:
    """Return the socket of an engine that answers, starting one if none does.

    Blocks for the second or so that a start takes. The engine outlives its starter.
    Raises :class:`EngineUnavailableError`.
    """
    address = engine_address(model, device, plan)
    if is_answered(address.socket):
        return address.socket
    try:
        with FileLock(address.start_lock, timeout=START_S, mode=0o600):
            if not is_answered(address.socket):
                _start(address, _command(address, settled_model(model), device, idle_s, plan))
    except Timeout as error:
        raise EngineUnavailableError("Somebody else is starting the engine, in vain.") from error
    return address.socket


def _start(address: EngineAddress, command: list[str]) -> None:
    with address.last_words.open("wb") as last_words:
        engine = subprocess.Popen(
            command,
            cwd=address.socket.parent,
            stdin=subprocess.DEVNULL,
            stdout=last_words,
            stderr=last_words,
            start_new_session=True,
        )
    _logger.info("Started the engine, process %d.", engine.pid)
    # So that an engine that ends while its starter lives does not stay behind as a zombie.
    threading.Thread(target=engine.wait, name="engine-reaper", daemon=True).start()
    _wait_until_itis_answered(engine, address)


def _command(
    address: EngineAddress, model: str, device: str | None, idle_s: float, plan: str
) -> list[str]:
    # -P: a package in the folder that the editor was started in must not be imported for ours.
    command = [sys.executable, "-P", "-m", "mezzotint_infill.engine", f"--model={model}"]
    if device is not None:
        command.append(f"--device={device}")
    return [*command, f"--plan={plan}", f"--idle-s={idle_s}", f"--socket={address.socket}"]


def _wait_until_itis_answered(engine: subprocess.Popen[bytes], address: EngineAddress) -> None:
    give_up_at = time.monotonic() + START_S
    while not is_answered(address.socket):
        # One that found another engine has ended well: that other one is about to answer.
        if engine.poll() not in (None, RUNNING_EXIT):
            raise EngineUnavailableError(f"The engine did not start: {_last_sentence(address)}")
        if time.monotonic() > give_up_at:
            raise EngineUnavailableError(
                f"The engine has not answered for {START_S:.0f} seconds; see {address.log}."
            )
        time.sleep(0.02)


def _last_sentence(address: EngineAddress) -> str:
    lines = address.last_words.read_text("utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else f"see {address.log}."
