"""Tours from nothing: each construction has a rule of its own for what comes next."""
