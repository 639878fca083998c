"""Exact tours, and bounds that prove how good a tour is."""
