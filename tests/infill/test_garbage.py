"""Nobody looks for garbage while a model is read, and everybody does again afterwards."""

import gc

import pytest

from mezzotint_infill.garbage import making_what_stays


def test_python_looks_for_garbage_again_when_all_is_made() -> None:
    with making_what_stays():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_python_looks_for_garbage_again_when_it_could_not_be_made() -> None:
    with pytest.raises(OSError, match="damaged"), making_what_stays():
        raise OSError("damaged")
    assert gc.isenabled()


def test_one_within_another_does_not_end_it() -> None:
    with making_what_stays():
        with making_what_stays():
            pass
        assert not gc.isenabled()
