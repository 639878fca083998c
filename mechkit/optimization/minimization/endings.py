"""How a minimization ends: the numbers that kernels return, and what they mean."""

from __future__ import annotations

#: RUNNING says that the history is full and the search may go on; it becomes MAXITER where it may not.
CONVERGED, MAXITER, NO_DECREASE, NOT_FINITE, UNBOUNDED, INDEFINITE, RUNNING = range(7)
#: Another way to converge: the function has stopped to change.
CONVERGED_IN_FUN = -1

#: What is said, with the numbers that the method knows: norm, of the largest element of the gradient, and its options.
MESSAGES = {
    CONVERGED: "the largest element of the gradient, {norm:.2g}, is within gtol = {gtol:.2g}",
    CONVERGED_IN_FUN: "the last step lowered the function by no more than ftol = {ftol:.2g} of max(1, |fun|)",
    MAXITER: "maxiter = {maxiter} iterations were not enough: the largest element of the gradient is {norm:.2g}, above "
    "gtol = {gtol:.2g}; allow more, or scale the unknowns",
    NO_DECREASE: "no lower point was found downhill, though the largest element of the gradient is {norm:.2g}, above "
    "gtol = {gtol:.2g}: rounding hides it, fun has a kink, or jac is wrong (see check_gradient)",
    NOT_FINITE: "the function or a derivative of it is not finite where the search went, and the best point is kept; "
    "start elsewhere, or where the step is fixed, give a shorter one",
    UNBOUNDED: "the function is unbounded below: it is -inf at x",
    INDEFINITE: "x is a stationary point but no minimum: the Hessian there is indefinite or negative; start elsewhere",
}
SIMPLEX = {
    CONVERGED: "no vertex is farther than xatol = {xatol:.2g} from the best, nor its value than fatol = {fatol:.2g}",
    MAXITER: "maxiter = {maxiter} iterations were not enough: the simplex still has size {norm:.2g}; allow more",
}
SUBGRADIENT = {
    CONVERGED: "the subgradient is zero",
    MAXITER: "all maxiter = {maxiter} steps were taken, and the best point is kept; a subgradient cannot tell how near "
    "the minimum is",
}
