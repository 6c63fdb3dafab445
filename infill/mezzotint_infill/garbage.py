"""Python's looking for circles of garbage, kept away from where it costs much and finds nothing."""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def making_what_stays() -> Generator[None]:
    """Do not look meanwhile.

    It looks whenever so many things have been made: while packages are imported and a model is
    read, all of which stays, that is a second in all.
    """
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()
