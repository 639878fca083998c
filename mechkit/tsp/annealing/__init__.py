"""Simulated annealing: a tour is changed at random, and worse tours are accepted while it is hot."""
