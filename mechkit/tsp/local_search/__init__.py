"""Local search: a tour is changed as long as small changes make it shorter."""
