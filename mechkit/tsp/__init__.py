"""The travelling salesman: what randomness buys, and what exact answers cost.

Constructions, local search, annealing, exact tours and lower bounds.
"""

from mechkit.tsp.cities import distance_matrix, tour_length
from mechkit.tsp.construction.fragments import greedy, savings
from mechkit.tsp.construction.insertion import insertion
from mechkit.tsp.construction.nearest_neighbor import nearest_neighbor
from mechkit.tsp.construction.space_filling_curve import space_filling_curve
from mechkit.tsp.local_search.iterated import iterated_local_search
from mechkit.tsp.local_search.lin_kernighan import lin_kernighan
from mechkit.tsp.local_search.two_opt import or_opt, two_opt
from mechkit.tsp.plot import lengths_by_operations, plot_lengths, plot_tour
from mechkit.tsp.result import TourResult

__all__ = [
    "TourResult",
    "distance_matrix",
    "greedy",
    "insertion",
    "iterated_local_search",
    "lengths_by_operations",
    "lin_kernighan",
    "nearest_neighbor",
    "or_opt",
    "plot_lengths",
    "plot_tour",
    "savings",
    "space_filling_curve",
    "tour_length",
    "two_opt",
]
