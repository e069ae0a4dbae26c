"""What every action shares."""

import gc

import pytest

from common.actions import collection_paused


def test_collection_is_paused_for_the_length_of_a_block_and_back_after_an_error():
    assert gc.isenabled()
    with pytest.raises(RuntimeError), collection_paused():
        assert not gc.isenabled()
        raise RuntimeError
    assert gc.isenabled()


@pytest.mark.parametrize("first_out", [0, 1])
def test_two_at_once_leave_it_on(first_out):
    both = [collection_paused(), collection_paused()]
    for item in both:
        item.__enter__()
    both[first_out].__exit__(None, None, None)
    both[1 - first_out].__exit__(None, None, None)
    assert gc.isenabled()
