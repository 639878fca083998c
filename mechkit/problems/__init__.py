"""Problems with known structure and answers, and readers of published ones."""

from mechkit.problems.band import to_band
from mechkit.problems.conditioned import conditioned
from mechkit.problems.matrix_market import Matrix, read_matrix_market
from mechkit.problems.nist import Regression, read_nist
from mechkit.problems.poisson import poisson_1d, poisson_2d
from mechkit.problems.quadratic_programs import QuadraticProgram, read_quadratic_program
from mechkit.problems.tsplib import TravelingSalesman, read_tour, read_tsplib, write_tour, write_tsplib

__all__ = [
    "Matrix",
    "QuadraticProgram",
    "Regression",
    "TravelingSalesman",
    "conditioned",
    "poisson_1d",
    "poisson_2d",
    "read_matrix_market",
    "read_nist",
    "read_quadratic_program",
    "read_tour",
    "read_tsplib",
    "to_band",
    "write_tour",
    "write_tsplib",
]
