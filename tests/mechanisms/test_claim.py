"""The form of a claim: what a check wants, how one judge makes every verdict, what each shipped claim must have."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from mechkit import mechanisms
from mechkit.mechanisms import CLAIMS, in_survey_order, on_matrix
from mechkit.mechanisms.claim import (
    ARITHMETIC,
    MECHANISMS,
    Check,
    Claim,
    Evidence,
    Gain,
    Headline,
    above,
    at_least,
    at_most,
    below,
    between,
    judge,
    run,
    written,
)
from mechkit.problems import Matrix, poisson_2d

FOLDER = Path(mechanisms.__file__).parent / "claims"
DOCUMENTED = Path(__file__).parents[2] / "docs" / "claims.md"


def check(part, holds, within=True, case="a case"):
    return Check(part, case, 1.0 if holds else 0.0, above(0.5), within)


# -- checks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "holding", "failing"),
    [
        (at_least(1.5), (1.5, np.float64(2), np.inf), (1.4999, -np.inf, np.nan)),
        (at_most(50), (50, -3), (50.1, np.nan)),
        (above(1), (1.0001, np.inf), (1, -np.inf, np.nan)),
        (below(0.5), (0.49,), (0.5, np.nan)),
        (between(0.25, 4), (0.25, 1, 4), (0.2, 4.1, np.nan)),
    ],
)
def test_what_is_wanted_holds_or_not(wanted, holding, failing):
    assert all(wanted.holds(x) for x in holding)
    assert not any(wanted.holds(x) for x in failing)


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0, "0"),
        (-0.5, "-0.5"),
        (999.9, "1,000"),
        (1e3, "1,000"),
        (-1234.5, "-1,234"),
        (1e6, "1 \u00d7 10⁶"),
        (np.nan, "nan"),
    ],
)
def test_numbers_in_sentences(x, text):
    assert written(x) == text


# -- the judge -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "parts", "verdict"),
    [
        ((True, True), (True,), ["confirmed", "confirmed"], "confirmed"),
        ((True, False), (True,), ["qualified", "confirmed"], "qualified"),
        ((False, False), (True,), ["refuted", "confirmed"], "qualified"),
        ((True, False), (False,), ["qualified", "refuted"], "qualified"),
        ((False, False), (False,), ["refuted", "refuted"], "refuted"),
    ],
)
def test_each_verdict_can_come_out(first, second, parts, verdict):
    checks = [*(check("a", holds) for holds in first), *(check("b", holds) for holds in second)]
    found = judge(["a", "b"], checks)
    assert (found.verdict, [part.verdict for part in found.parts]) == (verdict, parts)


@pytest.mark.parametrize("outside", [True, False])
def test_what_lies_outside_the_statement_is_not_judged(outside):
    checks = [check("a", True), check("a", outside, within=False)]
    assert judge(["a"], checks).verdict == "confirmed"
    assert judge(["a"], [*checks, check("b", outside, within=False)], limits=["b"]).verdict == "confirmed"


def test_a_part_that_is_not_judged_is_not_confirmed():
    found = judge(["a", "b"], [check("a", True), check("b", True, within=False)])
    assert (found.verdict, found.parts[1].verdict) == ("qualified", "not judged")
    assert found.sentence == "A: true in the one case. B: not judged."


def test_a_number_that_is_missing_never_holds():
    assert judge(["a"], [Check("a", "", float("nan"), at_most(1))]).verdict == "refuted"


def test_the_sentence_names_a_case_that_fails():
    checks = [check("a", True), check("a", False, case="n = 8"), check("a", False, case="n = 9")]
    assert judge(["a"], checks).sentence == (
        "A: true in 1 of 3 cases, but not for n = 8 (0, wanted above 0.5), and in 1 more."
    )


@pytest.mark.parametrize(
    ("checks", "limits", "sentence"),
    [
        (
            [check("a", True), check("c", True)],
            [],
            "a check names the part 'c'; the claim's parts and limits are 'a', 'b'",
        ),
        ([check("a", True), check("c", True)], ["c"], "'c' is a limit of the statement; give its check within=False"),
        ([check("a", True, within=False)], [], "no check lies within the statement"),
        ([], [], "no check lies within the statement"),
    ],
)
def test_checks_that_cannot_be_judged_are_refused(checks, limits, sentence):
    with pytest.raises(ValueError, match=sentence):
        judge(["a", "b"], checks, limits)


def test_a_claim_whose_checks_do_not_fit_does_not_run():
    evidence = Evidence([check("c", True)], Headline("{}", 1), Gain("n", 2, 1))
    with pytest.raises(ValueError, match="a check names the part 'c'"):
        run(Claim("S1", "sparsity", *"abcd", {"a": "x"}, lambda: evidence))


def test_the_rule_is_made_from_the_checks():
    checks = [Check("it is fast", "n = 8", 3, above(2)), Check("it is fast", "n = 9", 3, at_least(2))]
    evidence = Evidence(checks, Headline("{}", 1), Gain("n", 2, 1))
    result = run(Claim("S1", "sparsity", *"abcd", {"it is fast": "the ratio"}, lambda: evidence))
    assert result.rule.startswith("It is fast if the ratio is above 2 or at least 2. A part is confirmed if all")
    assert result.check("it is fast", "n = 9").measured == 3
    with pytest.raises(KeyError, match="S1 has no check of 'n = 7'"):
        result.check("it is fast", "n = 7")


# -- headline and gain -----------------------------------------------------------------------------------------------


def test_a_headline_is_short_and_has_its_number():
    assert str(Headline("A {:.1f} b.", 0.26)) == "A 0.3 b."
    with pytest.raises(ValueError, match="the headline has 21 words; shorten it to 20"):
        Headline("{:.0f}" + " word" * 20, 1)
    with pytest.raises(ValueError, match="no place for its number"):
        Headline("A band is cheap.", 1)


def test_a_gain_below_one_says_so():
    assert str(Gain("n = 8", 100, 50)) == "2 times fewer flops: from 100 to 50 (n = 8)"
    assert str(Gain("n = 8", 50, 100, "bytes")) == "2 times more bytes: from 50 to 100 (n = 8)"
    assert Gain("n = 8", 50, 0).factor == np.inf


# -- the shipped claims ----------------------------------------------------------------------------------------------


def test_claims_are_found_by_their_files_and_sorted_by_key():
    assert list(CLAIMS) == sorted(CLAIMS)
    files = {path.name for path in FOLDER.glob("*.py")} - {"__init__.py"}
    assert {claim.file.name for claim in CLAIMS.values()} == files
    assert len(files) == len(CLAIMS)
    order = [claim.mechanism for claim in in_survey_order(CLAIMS.values())]
    assert order == sorted(order, key=(*MECHANISMS, ARITHMETIC).index)


@pytest.mark.parametrize("key", CLAIMS)
def test_a_claim_stands_in_a_file_of_its_name_that_begins_with_its_statement(key):
    claim = CLAIMS[key]
    assert claim.key == key
    assert claim.file.name.startswith(f"{key.lower()}_")
    assert claim.place == f"mechkit/mechanisms/claims/{claim.file.name}"
    tree = ast.parse(claim.file.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree).startswith(f"{key}. ")
    assert ast.unparse(tree.body[-1]).startswith("CLAIM = Claim(")
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not any(module.startswith("mechkit.mechanisms.claims") for module in imported)


@pytest.mark.parametrize("key", CLAIMS)
def test_the_documentation_has_every_claim(key):
    claim, page = CLAIMS[key], DOCUMENTED.read_text(encoding="utf-8")
    assert page.count(f"### {key}: {claim.statement}\n") == 1
    assert f"(../{claim.place})" in page
    for part in claim.parts:
        assert f"| {part} |" in page


def test_the_claim_that_contributing_shows_is_a_claim(tmp_path):
    page = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (shown,) = [block for block in re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL) if "CLAIM = " in block]
    file = tmp_path / "s9_symmetry.py"
    file.write_text(shown, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("s9_symmetry", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    result = run(module.CLAIM)
    assert result.verdict == "confirmed"
    assert result.evidence.headline.number == pytest.approx(1.949, abs=1e-3)
    assert [check.holds for check in result.evidence.checks] == [True] * 3 + [False]


def test_two_files_with_one_key_are_refused(monkeypatch):
    class Twice:
        CLAIM = CLAIMS["S1"]

    monkeypatch.setattr(mechanisms, "import_module", lambda name: Twice)
    with pytest.raises(ValueError, match=r"s1_.*\.py and s1_.*\.py both hold claim S1"):
        mechanisms._found()


# -- a matrix of the reader's own ------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 4])
def test_a_matrix_without_zeros_is_refused(n):
    with pytest.raises(ValueError, match=f"ones holds {n} x {n} entries, and none of them is zero"):
        on_matrix(CLAIMS.values(), Matrix.of("ones", scipy.sparse.csr_array(np.ones((n, n)))))


def test_claims_that_need_no_matrix_are_left_out():
    found = on_matrix(in_survey_order(CLAIMS.values()), Matrix.of("grid", poisson_2d(4)))
    assert [claim.key for claim in found] == ["S1", "S2"]
    assert [claim.file for claim in found] == [CLAIMS["S1"].file, CLAIMS["S2"].file]
    assert all(run(claim).verdict for claim in found)


@pytest.mark.parametrize("key", [key for key, claim in CLAIMS.items() if claim.measure_published])
def test_published_problems_hold_what_a_claim_says(key, published):
    claim = CLAIMS[key]
    found = claim.measure_published(published("matrices").parent)
    judged = judge(claim.parts, [check for check in found.checks if check.within])
    # A wide band of few nonzeros costs its width.
    assert judged.verdict == ("qualified" if key == "S1" else "confirmed")
    assert found.gain.factor > 1
