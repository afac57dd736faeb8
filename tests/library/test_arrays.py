from __future__ import annotations

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.library.arrays import Matrix, batches, finite


def test_the_nearest_rows_come_first_and_equal_ones_by_their_ids() -> None:
    rows = np.array([[1, 0], [0, 1], [0.6, 0.8], [1, 0]], dtype=np.float32)
    matrix = Matrix(["z", "b", "c", "a"], rows)
    found = matrix.nearest(np.array([1, 0], dtype=np.float32), 3)
    assert found == [("a", 1.0), ("z", 1.0), ("c", pytest.approx(0.6))]
    assert len(matrix.nearest(rows[1], 99)) == 4


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    with pytest.raises(ModelError) as refused:
        finite(np.array([[1, bad]], dtype=np.float32))
    assert refused.value.hint
    assert finite(np.ones(3, dtype=np.float64).astype(np.float32)).dtype == np.float32  # type: ignore[arg-type]


def test_batches_hold_everything_in_order() -> None:
    assert list(batches("abcde", 2)) == [["a", "b"], ["c", "d"], ["e"]]
    assert list(batches([], 2)) == []
