"""The Fourier transform: as it is defined, fast in several ways, and what it is used for."""
