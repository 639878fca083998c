"""The published problems, which are not part of the project."""

import os
from pathlib import Path

import pytest

PLACES = [os.environ.get("MECHKIT_PROBLEMS"), Path(__file__).parents[1].parent / "shared" / "problems"]


@pytest.fixture(scope="session")
def published():
    """published(kind): the folder of published problems of a kind; skips where there is none."""

    def folder(kind: str) -> Path:
        for place in filter(None, PLACES):
            if Path(place, kind).is_dir():
                return Path(place, kind)
        pytest.skip(f"the published {kind} are not here: set MECHKIT_PROBLEMS to the folder that holds them")

    return folder
