"""The library that VS Code's clients are made of: cancellation, registration, progress, drafts.

Its packages are fetched once, into the user's cache; without node or a network there is no test.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from filelock import FileLock
from lsprotocol import types

CLIENT = Path(__file__).parent / "node"
PATIENCE_S = 180.0
SERVER = [sys.executable, "-P", "-m", "mezzotint_server", "serve"]


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """A folder with the client's packages."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("There is no node here to run the client of VS Code.")
    folder = Path(platformdirs.user_cache_path("mezzotint-tests")) / "node"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = (CLIENT / "package.json").read_text("utf-8")
    with FileLock(folder / "lock"):
        done = folder / "done"
        if not done.is_file() or done.read_text("utf-8") != wanted:
            shutil.copy(CLIENT / "package.json", folder)
            _install(npm, folder)
            done.write_text(wanted, "utf-8")
    return folder


def _install(npm: str, folder: Path) -> None:
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    if done.returncode:
        pytest.skip("npm cannot fetch vscode-languageserver-protocol: there is no network.")


@pytest.fixture
def seen(
    node_modules: Path, engine_folder: Path, scripted_model: Callable[..., str]
) -> dict[str, Any]:
    """What the client saw of a server whose fills take steps."""
    model = scripted_model({"return": " a + b"}, steps=8, step_s=0.1)
    done = subprocess.run(
        [shutil.which("node") or "node", str(CLIENT / "client.mjs"), *SERVER, "--model", model],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        env={**os.environ, "MEZZOTINT_NODE_MODULES": str(node_modules)},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_what_the_client_of_vs_code_sees(seen: dict[str, Any]) -> None:
    assert seen["offeredAtOnce"] is False
    assert types.TEXT_DOCUMENT_INLINE_COMPLETION in seen["registered"]
    assert seen["progress"][0] == "begin"
    assert seen["progress"][-1] == "end"
    assert seen["cancelled"] == types.LSPErrorCodes.RequestCancelled
    assert seen["suggestions"] == [" a + b"]
    assert seen["exit"] == 0


def test_drafts_name_the_request_and_none_comes_for_one_that_is_cancelled(
    seen: dict[str, Any],
) -> None:
    drafts: list[dict[str, Any]] = seen["drafts"]
    cancelled = [it for it in drafts if it["requestId"] == drafts[0]["requestId"]]
    answered = [it for it in drafts if it not in cancelled]
    assert len(cancelled) <= seen["draftsUntilCancelled"]
    assert answered[0]["text"] == "draft 0"
    assert answered[0]["spans"] == [{"start": 0, "end": 7, "certainty": 0.125}]
