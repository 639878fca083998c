"""The claims, one file each; every file ends in ``CLAIM = Claim(...)`` and is found by itself."""
