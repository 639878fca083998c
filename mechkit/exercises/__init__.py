"""Course exercises: a student's function checked for its answer and its exact cost, without running it."""

__all__: list[str] = []
