"""Measure every claim and write docs/claims.md: ``python docs/build_claims.py``."""

from pathlib import Path

from mechkit.mechanisms import CLAIMS, in_survey_order, run
from mechkit.report.claims_page import claims_page

if __name__ == "__main__":
    page = claims_page(run(claim) for claim in in_survey_order(CLAIMS.values()))
    Path(__file__).with_name("claims.md").write_text(page, encoding="utf-8")
