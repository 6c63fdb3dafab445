"""Fetches a checkpoint from the Hub into the Hub's own cache, by the Hub's own library.

Progress, going on where a download was broken off, and checksums are that library's.
"""

from contextlib import suppress
from pathlib import Path
from typing import Any

from mezzotint_infill.checkpoint import FILES, brief, find_checkpoint
from mezzotint_infill.errors import ModelError, UnknownModelError
from mezzotint_infill.packed.writing import require_space


def fetch(name: str) -> Path:
    """The folder of a checkpoint, downloaded unless it is there already.

    Raises :class:`ModelError`: no such model, gated, out of reach, or no room for it.
    """
    import huggingface_hub
    from huggingface_hub import errors as theirs
    from huggingface_hub.constants import HF_HUB_CACHE

    hub: Any = huggingface_hub  # typed here and there
    try:
        files = hub.snapshot_download(name, allow_patterns=FILES, dry_run=True)
        missing = sum(file.file_size or 0 for file in files if file.will_download)
        require_space(Path(HF_HUB_CACHE), missing, "HF_HOME")
        return Path(hub.snapshot_download(name, allow_patterns=FILES))
    except theirs.HFValidationError as error:
        raise UnknownModelError(f"{name!r} cannot be the name of a model on the Hub.") from error
    except theirs.DryRunError as error:
        with suppress(UnknownModelError):
            return find_checkpoint(name)
        raise _in_a_sentence(name, error.__cause__ or error) from error
    except (theirs.HfHubHTTPError, theirs.LocalEntryNotFoundError, OSError) as error:
        raise _in_a_sentence(name, error) from error


def _in_a_sentence(name: str, error: BaseException) -> ModelError:
    from huggingface_hub import errors as theirs

    match error:
        case theirs.GatedRepoError():
            return ModelError(
                f"{name} is given only to those who accept its terms: do so at"
                f" https://huggingface.co/{name}, log in with hf auth login, and pull again."
            )
        case theirs.RepositoryNotFoundError():
            return UnknownModelError(
                f"There is no model {name} on the Hub, or it is a private one: look at the name,"
                " or log in with hf auth login, and pull again."
            )
        case theirs.OfflineModeIsEnabled():
            return ModelError(
                f"{name} cannot be pulled while HF_HUB_OFFLINE is set: unset it, or give a folder"
                " that has the model's files with --from."
            )
        case _:
            return ModelError(
                f"The Hub cannot be reached ({brief(error)}): pull again later, which goes on where"
                " this ended, or give a folder that has the model's files with --from."
            )
