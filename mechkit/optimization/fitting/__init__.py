"""Sums of squares: what is gained by knowing that the function is one."""
