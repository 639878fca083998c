"""Problems with known structure and answers, and readers of published ones."""

from mechkit.problems.band import to_band
from mechkit.problems.conditioned import conditioned
from mechkit.problems.matrix_market import Matrix, read_matrix_market
from mechkit.problems.poisson import poisson_1d, poisson_2d

__all__ = ["Matrix", "conditioned", "poisson_1d", "poisson_2d", "read_matrix_market", "to_band"]
