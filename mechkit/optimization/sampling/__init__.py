"""Searches by sampling: minima among many."""
