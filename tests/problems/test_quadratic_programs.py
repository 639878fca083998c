"""The reader of quadratic programs in MATLAB files."""

import numpy as np
import pytest
import scipy.io

from mechkit.problems.quadratic_programs import read_quadratic_program


def test_a_published_program_is_read(published):
    found = read_quadratic_program(published("qp") / "HS21.mat")
    assert found.name == "HS21"
    assert found.r == -100.0
    np.testing.assert_array_equal(found.P.toarray(), np.diag([0.02, 2.0]))
    np.testing.assert_array_equal(found.l, [10.0, 2.0, -50.0])
    np.testing.assert_array_equal(found.u, [np.inf, 50.0, 50.0])


def test_every_published_program_fits_together(published):
    files = sorted(published("qp").glob("*.mat"))
    assert files
    for file in files:
        found = read_quadratic_program(file)
        assert (found.l <= found.u).all()
        assert abs(found.P - found.P.T).nnz == 0


def test_what_is_no_program_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file"):
        read_quadratic_program(tmp_path / "none.mat")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        read_quadratic_program(tmp_path)
    text = tmp_path / "text.mat"
    text.write_text("P = 1;" * 100)
    with pytest.raises(ValueError, match="is not a readable MATLAB file"):
        read_quadratic_program(text)
    scipy.io.savemat(tmp_path / "part.mat", {"P": np.eye(2), "q": [1, 2]})
    with pytest.raises(ValueError, match="does not hold A, l, u"):
        read_quadratic_program(tmp_path / "part.mat")
    scipy.io.savemat(tmp_path / "bad.mat", {"P": np.eye(2), "q": [1], "A": np.eye(2), "l": [0, 0], "u": [1, 1]})
    with pytest.raises(ValueError, match="do not fit each other"):
        read_quadratic_program(tmp_path / "bad.mat")
