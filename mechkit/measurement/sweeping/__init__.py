"""Many runs: in this process, on several, or on a cluster, with a journal to go on from."""
