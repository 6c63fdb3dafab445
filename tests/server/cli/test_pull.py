"""``mezzotint pull`` against a Hub on this machine: what comes down, and what is said if it does not."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mezzotint_infill.embedded import CHECKPOINT

COMMIT = "a" * 40
NAME = "somebody/model"


class Hub(BaseHTTPRequestHandler):
    """As much of the Hub's API as its library asks for, for one model; another one is gated."""

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Nothing: standard error belongs to the test."""

    def _answer(self) -> None:
        api = f"/api/models/{NAME}"
        if self.path.startswith((f"{api}/revision/", f"{api}?")) or self.path == api:
            self._send(json.dumps({"id": NAME, "sha": COMMIT, "siblings": []}).encode())
        elif self.path.startswith(f"{api}/tree/"):
            self._send(json.dumps([entry(file) for file in files()]).encode())
        elif self.path.startswith(f"/{NAME}/resolve/{COMMIT}/"):
            self._send((CHECKPOINT / self.path.rpartition("/")[2]).read_bytes())
        elif "/gated/" in self.path:
            self._refuse(403, "GatedRepo")
        else:
            self._refuse(401, "RepoNotFound")

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()


def files() -> list[Path]:
    return [file for file in CHECKPOINT.iterdir() if file.is_file()]


def entry(file: Path) -> dict[str, object]:
    """As the Hub lists a file that is kept beside git."""
    told = hashlib.sha256(file.read_bytes()).hexdigest()
    size = file.stat().st_size
    return {
        "type": "file",
        "path": file.name,
        "size": size,
        "oid": told[:40],
        "lfs": {"oid": told, "size": size, "pointerSize": 134},
    }


@pytest.fixture(scope="module")
def hub() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def mezzotint(
    home: Path, hub: str, *arguments: str, **variables: str
) -> "subprocess.CompletedProcess[str]":
    own = {
        "HF_HOME": str(home / "hub"),
        "HF_ENDPOINT": hub,
        "HF_HUB_OFFLINE": "0",
        "HF_HUB_DISABLE_XET": "1",
        "MEZZOTINT_DATA_DIR": str(home / "data"),
    }
    return subprocess.run(
        [sys.executable, "-m", "mezzotint_server", *arguments],
        env={**os.environ, **own, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_model_comes_down_is_packed_and_fills_offline(hub: str, tmp_path: Path):
    pulled = mezzotint(tmp_path, hub, "pull", NAME, "--plan", "w4-fp8")
    assert pulled.returncode == 0, pulled.stderr
    assert f"{NAME} is packed for w4-fp8: 0.01 GB" in pulled.stdout
    again = mezzotint(tmp_path, hub, "pull", NAME, "--plan", "w4-fp8")
    assert "is packed for w4-fp8 already" in again.stdout
    offline = mezzotint(tmp_path, hub, "pull", NAME, "--plan", "fp8", HF_HUB_OFFLINE="1")
    assert f"{NAME} is packed for fp8" in offline.stdout, offline.stderr
    code = tmp_path / "code.py"
    code.write_text("def add(left, right):\n    \n")
    for plan in ("w4-fp8", "auto"):
        asked = ("fill", f"{code}:2", "--model", NAME, "--plan", plan, "--json")
        filled = mezzotint(tmp_path, hub, *asked, HF_HUB_OFFLINE="1")
        assert json.loads(filled.stdout)["text"], filled.stderr


@pytest.mark.parametrize(
    ("name", "variables", "words"),
    [
        ("gated/model", {}, ["accept its terms", "https://huggingface.co/gated/model", "hf auth"]),
        ("somebody/none", {}, ["There is no model somebody/none on the Hub", "hf auth login"]),
        ("what is this?", {}, ["cannot be the name of a model"]),
        (NAME, {"HF_HUB_OFFLINE": "1"}, ["HF_HUB_OFFLINE is set", "--from"]),
        (NAME, {"HF_ENDPOINT": "http://127.0.0.1:9"}, ["cannot be reached", "--from"]),
    ],
)
def test_what_cannot_be_pulled_is_told_in_a_sentence_with_the_next_step(
    hub: str, tmp_path: Path, name: str, variables: dict[str, str], words: list[str]
):
    answer = mezzotint(tmp_path, hub, "pull", name, **variables)
    assert answer.returncode == 2
    assert answer.stdout == ""
    (line,) = answer.stderr.strip().splitlines()
    for word in words:
        assert word in line


def test_files_that_are_there_are_taken_from_their_folder(tmp_path: Path):
    asked = ("pull", NAME, "--from", str(CHECKPOINT), "--plan", "fp8")
    answer = mezzotint(tmp_path, "http://127.0.0.1:9", *asked, HF_HUB_OFFLINE="1")
    assert f"{NAME} is packed for fp8" in answer.stdout, answer.stderr
    assert len(list((tmp_path / "data").rglob("weights.safetensors"))) == 1
