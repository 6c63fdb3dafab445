"""Whether an error says that a device's memory is used up, whoever ran out of it."""

_SAID = ("out of memory", "ALLOC_FAILED")
"""By the driver, which Triton passes on as well, and by cuBLAS for its workspaces."""


def ran_out(error: BaseException) -> bool:
    """Whoever it is: torch has a class for it, everybody else raises a plain ``RuntimeError``."""
    return isinstance(error, RuntimeError) and any(said in str(error) for said in _SAID)
