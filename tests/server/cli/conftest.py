"""The command line with a scripted infiller behind it, and without a process of its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest
from typer.testing import CliRunner, Result

from mezzotint_infill.cancellation import Cancellation
from mezzotint_infill.hole import Fill, Hole
from mezzotint_infill.infiller import DraftListener
from mezzotint_infill.options import InfillOptions
from mezzotint_infill.scripted import ScriptedInfiller
from mezzotint_server.__main__ import program
from mezzotint_server.cli.filling import FillsNow


@dataclass
class Says:
    """Fills every hole with the same text, after the same drafts."""

    text: str
    drafts: Sequence[str] = ()
    holes: list[Hole] = field(default_factory=list[Hole])
    options: list[InfillOptions] = field(default_factory=list[InfillOptions])

    def fill_now(
        self,
        hole: Hole,
        options: InfillOptions | None = None,
        *,
        on_draft: DraftListener | None = None,
        cancellation: Cancellation | None = None,
    ) -> Fill:
        options = options or InfillOptions()
        self.holes.append(hole)
        self.options.append(options)
        line = hole.prefix.rpartition("\n")[2].strip()
        script = ScriptedInfiller({line: self.text}, tuple(self.drafts))
        return asyncio.run(script.fill(hole, options, on_draft=on_draft))


class Run(Protocol):
    """Run the program with some arguments."""

    def __call__(
        self, *arguments: str, infiller: FillsNow | None = None, stdin: str | bytes = ""
    ) -> Result: ...


@pytest.fixture
def says() -> type[Says]:
    return Says


@pytest.fixture
def run() -> Run:
    def run(*arguments: str, infiller: FillsNow | None = None, stdin: str | bytes = "") -> Result:
        def opened(_model: str, _plan: str) -> FillsNow:
            return infiller or Says("")

        return CliRunner().invoke(program(), arguments, input=stdin, obj=opened)

    return run


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A small file."""
    path = tmp_path / "small.py"
    path.write_bytes(b"import os\n\n\ndef area(r):\n    return \n\n\nprint(area(2))\n")
    return path
