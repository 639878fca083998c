"""The travelling salesman: what randomness buys, and what exact answers cost.

Constructions, local search, annealing, exact tours and lower bounds.
"""

from mechkit.tsp.annealing.anneal import anneal
from mechkit.tsp.annealing.schedules import Schedule
from mechkit.tsp.annealing.tempering import parallel_tempering
from mechkit.tsp.cities import distance_matrix, tour_length
from mechkit.tsp.construction.christofides import christofides
from mechkit.tsp.construction.fragments import greedy, savings
from mechkit.tsp.construction.insertion import insertion
from mechkit.tsp.construction.nearest_neighbor import nearest_neighbor
from mechkit.tsp.construction.space_filling_curve import space_filling_curve
from mechkit.tsp.exact.branch_and_bound import branch_and_bound
from mechkit.tsp.exact.held_karp import held_karp
from mechkit.tsp.exact.lower_bound import BoundResult, lower_bound
from mechkit.tsp.local_search.iterated import iterated_local_search
from mechkit.tsp.local_search.lin_kernighan import lin_kernighan
from mechkit.tsp.local_search.two_opt import or_opt, two_opt
from mechkit.tsp.plot import lengths_by_operations, plot_lengths, plot_tour
from mechkit.tsp.result import TourResult

__all__ = [
    "BoundResult",
    "Schedule",
    "TourResult",
    "anneal",
    "branch_and_bound",
    "christofides",
    "distance_matrix",
    "greedy",
    "held_karp",
    "insertion",
    "iterated_local_search",
    "lengths_by_operations",
    "lin_kernighan",
    "lower_bound",
    "nearest_neighbor",
    "or_opt",
    "parallel_tempering",
    "plot_lengths",
    "plot_tour",
    "savings",
    "space_filling_curve",
    "tour_length",
    "two_opt",
]
