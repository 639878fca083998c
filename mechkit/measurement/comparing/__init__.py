"""Algorithms side by side: run, tabulated, drawn, exported, and where one overtakes the other."""
