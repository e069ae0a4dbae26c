"""Cells copied from a sheet or a mail program."""

import pytest

from common.pasted import MAX_COLUMNS, split_cells


def test_lines_are_split_by_what_they_hold():
    assert split_cells("a;b\n\n  \nc;  d  e \r\n") == [["a", "b"], ["c", "d e"]]
    assert split_cells("only one") == [["only one"]]


@pytest.mark.parametrize("noise", ["", "\n\n", "\t\t\t", "\x00", "x" * 100_000, "\t".join("abc" * 50)])
def test_noise_is_cells_and_no_error(noise):
    assert all(len(row) <= MAX_COLUMNS for row in split_cells(noise))
