"""What several claims use: counted runs, shapes of growth, direct solves, Poisson problems, functions, charts."""
