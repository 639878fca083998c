"""Claims are measured once each, and what was measured must be what the documentation says."""

from pathlib import Path

import pytest

from mechkit.mechanisms import CLAIMS, run
from mechkit.report.claims_page import section

DOCUMENTED = Path(__file__).parents[2] / "docs" / "claims.md"


@pytest.fixture(scope="session")
def measured():
    """measured(key): the result of a claim."""
    results = {}

    def result(key):
        if key not in results:
            results[key] = run(CLAIMS[key])
        return results[key]

    return result


@pytest.fixture(scope="session")
def shipped():
    """shipped(result, verdict, parts, headline, gain): the claim came out as it was shipped and documented."""

    def check(result, verdict, parts, headline, gain):
        assert result.verdict == verdict
        assert [part.verdict for part in result.judgement.parts] == parts
        assert result.evidence.headline.number == pytest.approx(headline, rel=1e-3)
        found = result.evidence.gain and result.evidence.gain.factor
        assert found is gain is None or found == pytest.approx(gain, rel=1e-3)
        assert section(result) in DOCUMENTED.read_text(encoding="utf-8"), "run python docs/build_claims.py"

    return check


@pytest.fixture(scope="session")
def checks_of():
    """checks_of(result, part): what was measured for a part, by case."""
    return lambda result, part: {c.case: c.measured for c in result.evidence.checks if c.part == part}
