"""What every test stands on: an engine folder of its own, no network, repeatable chance."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A loaded machine is no failure, and a red run must be red again.
settings.register_profile("mezzotint", deadline=None, derandomize=True, database=None)
settings.load_profile("mezzotint")


@pytest.fixture(scope="session", autouse=True)
def runtime_folder() -> Iterator[Path]:
    """Where the tests' engines live: never beside those of the person who runs the tests.

    Directly under the system's temporary folder, because a socket's path must be short.
    """
    with (
        tempfile.TemporaryDirectory(prefix="mz-", ignore_cleanup_errors=True) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("MEZZOTINT_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture(scope="session", autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the tests' logs and counts are: never among those of the person who runs the tests."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the tests' packed models are: never among those of the person who runs the tests."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEZZOTINT_DATA_DIR", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def no_hub() -> Iterator[None]:
    """No test asks the Hub for anything, nor does a process it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield
