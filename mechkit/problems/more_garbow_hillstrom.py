"""The 35 test problems of More, Garbow and Hillstrom: sums of squares with known minima, and starts that are hard."""

from __future__ import annotations

from mechkit.problems.mgh import any_size, equations, four_to_eleven, two_and_three
from mechkit.problems.mgh.problem import Family, Problem

__all__ = ["FAMILIES", "MINIMIZATION", "SYSTEMS", "Problem", "problem", "problems"]

#: Each problem in every size that it has, by its number in the paper.
FAMILIES: dict[int, Family] = {
    family.number: family for file in (two_and_three, four_to_eleven, any_size, equations) for family in file.FAMILIES
}
#: The paper's choice for solvers of systems of equations, and for unconstrained minimization.
SYSTEMS = (1, 13, 3, 14, 7, 20, 35, 27, 28, 29, 26, 25, 30, 31)
MINIMIZATION = (7, 18, 9, 3, 12, 25, 20, 23, 24, 4, 16, 11, 26, 21, 22, 5, 14, 35)


def problem(which: int | str, n: int | None = None) -> Problem:
    """One of the problems, with its residuals and derivatives as kernels.

    which : its number or its name; n : how many unknowns, where that can be chosen.

    Returns
    -------
    Problem
        number, name, n, m, x0, the kernels residual and jacobian (and objective, gradient, hessian of the sum of
        squares), minima, minimizer.

    Raises
    ------
    ValueError
        where the problem is unknown, or has another size.

    References: More, Garbow and Hillstrom, Testing unconstrained optimization software, ACM TOMS 7 (1981), 17-41.

    Examples
    --------
    >>> valley = problem("Rosenbrock")
    >>> valley
    <problem 1: Rosenbrock, n = 2, m = 2>
    >>> valley.residual(valley.x0), valley.jacobian(valley.x0)
    (array([-4.4,  2.2]), array([[24., 10.], [-1.,  0.]]))
    >>> valley.minima, valley.minimizer
    ((0.0,), array([1., 1.]))
    >>> problem(35, 9).minima
    (0.0,)
    """
    for family in FAMILIES.values():
        if which in (family.number, family.name):
            return family.of(n)
    raise ValueError(f"there is no problem {which!r}; it is a number from 1 to 35 or a name, such as 'Rosenbrock'")


def problems() -> list[Problem]:
    """All 35, in the sizes that they have or that are usual.

    >>> len(problems())
    35
    """
    return [family.of() for family in FAMILIES.values()]
