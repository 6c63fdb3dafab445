"""A model that is small and random, but real; and what tests need that start engines."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from mezzotint_infill.engine.address import RUNTIME_VARIABLE

if TYPE_CHECKING:
    from mezzotint_infill.filler import Filler
    from mezzotint_infill.hole import Draft, Hole
    from mezzotint_infill.model import Model
    from mezzotint_infill.options import InfillOptions

TINY_SOURCE = (
    "def add(left, right):\n    return left + right\n\n\nclass Sum:\n    total = add(1, 2)\n"
)


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of 300 tokens and random weights, loaded in no time. Do not write to it."""
    import torch

    from mezzotint_infill.embedded.export import export_checkpoint
    from mezzotint_infill.embedded.lean import LeanModel
    from mezzotint_infill.embedded.shape import Shape
    from mezzotint_infill.embedded.tokenizer import train_tokenizer

    shape = Shape(
        vocabulary=300, width=32, layers=3, heads=2, key_heads=1, head_width=16, dense=48, expert=16
    )
    torch.manual_seed(0)
    model = LeanModel(shape)
    for parameter in model.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    folder = tmp_path_factory.mktemp("tiny")
    export_checkpoint(model, train_tokenizer([TINY_SOURCE * 40], shape.vocabulary), folder)
    return folder


@pytest.fixture(scope="session")
def tiny_model(tiny_checkpoint: Path) -> "Model":
    """Its checkpoint, loaded; precise enough for one way of computing to be compared with another."""
    import torch

    from mezzotint_infill.model import load_model

    return load_model(str(tiny_checkpoint), "cpu", torch.float32)


@pytest.fixture(scope="session")
def mixture_checkpoint(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of several experts, in several files, in the real model's key layout. Do not write to it.

    Its sizes are multiples of 64, as the formats of the memory plans want them.
    """
    import torch
    from transformers import DiffusionGemmaConfig, DiffusionGemmaForBlockDiffusion

    from mezzotint_infill.embedded.export import configuration
    from mezzotint_infill.embedded.shape import Shape

    shape = Shape(
        vocabulary=300, width=128, layers=4, heads=2, key_heads=1, head_width=64, dense=192,
        expert=64,
    )  # fmt: skip
    told: Any = configuration(shape)
    several = {"num_experts": 6, "top_k_experts": 2, "global_head_dim": 128}
    told["text_config"] |= several | {"num_global_key_value_heads": 1}
    torch.manual_seed(1)
    stock: Any = DiffusionGemmaForBlockDiffusion(DiffusionGemmaConfig.from_dict(told))
    for name, tensor in stock.state_dict().items():
        if name.endswith("layer_scalar"):
            tensor.uniform_(0.5, 1.5)
        elif "vision" not in name:
            # Tails heavier than a normal distribution's, as trained weights have them.
            spread = torch.distributions.StudentT(torch.tensor(5.0)).sample(tensor.shape)
            tensor += 0.05 * spread
    folder = tmp_path_factory.mktemp("mixture")
    stock.to(torch.bfloat16).save_pretrained(folder, max_shard_size="300KB")
    for name in ("tokenizer.json", "generation_config.json"):
        shutil.copy(tiny_checkpoint / name, folder / name)
    return folder


@pytest.fixture(autouse=True, scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the tests' packed files would be: never among those of the person who runs the tests."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEZZOTINT_DATA_DIR", str(folder))
        yield folder


@pytest.fixture
def filler(tiny_model: "Model") -> "Filler":
    """What fills holes with it; has read no prompt yet."""
    from mezzotint_infill.filler import Filler

    return Filler(tiny_model)


@pytest.fixture
def steps_until_cancelled(filler: "Filler") -> "Callable[[Hole, InfillOptions], list[int]]":
    """Tells which steps a hole's drafts were of if its fill is cancelled at the second one."""
    from mezzotint_infill.cancellation import Cancellation
    from mezzotint_infill.errors import FillCancelledError

    def steps_of(hole: "Hole", options: "InfillOptions") -> list[int]:
        cancellation = Cancellation()
        steps: list[int] = []

        def cancel_at_two(draft: "Draft") -> None:
            steps.append(draft.step)
            if draft.step == 2:
                cancellation.cancel()

        with pytest.raises(FillCancelledError):
            filler.fill(hole, options, cancellation, cancel_at_two)
        return steps

    return steps_of


@pytest.fixture
def engine_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's engines have their sockets and logs; they end with the test.

    Its path is short, as a socket's has to be; pytest's own temporary folders are too deep.
    """
    folder = Path(tempfile.mkdtemp(prefix="mz-"))
    monkeypatch.setenv(RUNTIME_VARIABLE, str(folder))
    yield folder
    engines = engines_in(folder)
    for engine in engines:
        engine.kill()
    psutil.wait_procs(engines)
    shutil.rmtree(folder)


@pytest.fixture
def running_engines(engine_folder: Path) -> Callable[[], list[psutil.Process]]:
    """Tells which engines run for this test."""
    return lambda: engines_in(engine_folder)


@pytest.fixture
def scripted_model(engine_folder: Path, tmp_path: Path) -> Callable[..., str]:
    """Makes the name of a model that answers from a table: ``scripted_model({"return": " 1"})``."""

    def make(answers: dict[str, str], drafts: tuple[str, ...] = (), step_s: float = 0.0) -> str:
        script = tmp_path / "script.json"
        script.write_text(json.dumps({"answers": answers, "drafts": drafts, "step_s": step_s}))
        return f"scripted:{script}"

    return make


def engines_in(folder: Path) -> list[psutil.Process]:
    """Processes whose socket is in the folder: the launcher names it on their command line."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and any(word.startswith(f"--socket={folder}/") for word in process.info["cmdline"] or ())
    ]
