"""The places in somebody's own files at which a benchmark measures."""

from pathlib import Path
from typing import TYPE_CHECKING

from mezzotint_infill.errors import BadHoleError

if TYPE_CHECKING:
    from mezzotint_infill.evaluation.cuts import Cut


def cuts_of(folder: Path, seed: int, places: int) -> list["Cut"]:
    """So many holes out of the Python files in a folder."""
    from mezzotint_infill.evaluation.cuts import CutKind
    from mezzotint_infill.evaluation.sample import sample_cuts

    cuts = sample_cuts([folder], seed=seed, per_kind=places, kinds=[CutKind.REST_OF_LINE])
    if not cuts:
        raise BadHoleError(f"There is no Python file to cut a hole out of in {folder}.")
    return cuts
