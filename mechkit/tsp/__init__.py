"""The travelling salesman: what randomness buys, and what exact answers cost.

Constructions, local search, annealing, exact tours and lower bounds.
"""

from mechkit.tsp.cities import distance_matrix, tour_length
from mechkit.tsp.result import TourResult

__all__ = [
    "TourResult",
    "distance_matrix",
    "tour_length",
]
