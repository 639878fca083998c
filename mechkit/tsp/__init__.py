"""The travelling salesman: what randomness buys, and what exact answers cost.

Constructions, local search, annealing, exact tours and lower bounds.
"""

__all__: list[str] = []
