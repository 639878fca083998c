"""Measure every claim, or those named, and write docs/claims.md: ``python docs/build_claims.py [KEY ...]``."""

import sys
from pathlib import Path

from mechkit.mechanisms import CLAIMS, run
from mechkit.report.claims_page import claims_page

if __name__ == "__main__":
    page, keys = Path(__file__).with_name("claims.md"), sys.argv[1:]
    old = page.read_text(encoding="utf-8") if keys else ""
    page.write_text(claims_page((run(CLAIMS[key]) for key in keys or CLAIMS), old), encoding="utf-8")
