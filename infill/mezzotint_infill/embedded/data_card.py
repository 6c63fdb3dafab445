"""Writes down what the embedded model was trained on, with versions and licences."""

from collections.abc import Sequence
from pathlib import Path

from mezzotint_infill.embedded.corpus import HELD_OUT, Source

DATA_CARD = Path(__file__).parent / "DATA_CARD.md"

TEXT = """\
# What the embedded model was trained on

Python source under permissive licences, as it lay on the machine that trained it: the standard library and the packages installed beside this project.
Written by `python -m mezzotint_infill.embedded.train`; how files are chosen is `corpus.py`.

- Held out, never trained on: {held_out}. Packages that carry a copy of one of them (pip, setuptools) are left out too.
- Nothing derived from HumanEval: a file that names the benchmark or its first functions is not read.
- Left out: tests, vendored copies, generated files, files over 250 kB, files that mostly repeat lines of others, packages under copyleft or with no licence in their metadata.
- {files:,} files, {megabytes:.1f} MB in all.

| package | version | licence | files | kB |
|---|---|---|---:|---:|
{rows}
"""


def data_card(sources: Sequence[Source]) -> str:
    """The card in Markdown, largest share first."""
    rows = "\n".join(
        f"| {source.name} | {source.version} | {source.licence} "
        f"| {len(source.files)} | {source.size / 1e3:,.0f} |"
        for source in sorted(sources, key=lambda source: -source.size)
    )
    return TEXT.format(
        held_out=", ".join(HELD_OUT),
        files=sum(len(source.files) for source in sources),
        megabytes=sum(source.size for source in sources) / 1e6,
        rows=rows,
    )
