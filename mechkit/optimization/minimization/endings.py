"""How a minimization ends: the numbers that kernels return, and what they mean."""

from __future__ import annotations

from mechkit.optimization.callbacks import STOPPED

#: RUNNING says that the history is full and the search may go on; it becomes MAXITER where it may not.
CONVERGED, MAXITER, NO_DECREASE, NOT_FINITE, UNBOUNDED, INDEFINITE, RUNNING = range(7)
#: By differences alone: what they leave of the gradient is rounding of the function.
HIDDEN = 7
#: A gradient that jac says is small, where the function has a slope all the same.
WRONG_JACOBIAN = 8
#: Another way to converge: the function has stopped changing.
CONVERGED_IN_FUN = -1

#: What is reported, with the numbers that the method knows: norm, the largest element of the gradient, and options.
MESSAGES = {
    CONVERGED: "the largest element of the gradient, {norm:.2g}, is within gtol = {gtol:.2g}",
    CONVERGED_IN_FUN: "the last step lowered the function by no more than ftol = {ftol:.2g} of max(1, |fun|)",
    MAXITER: "maxiter = {maxiter} iterations were not enough: the largest element of the gradient is {norm:.2g}, above "
    "gtol = {gtol:.2g}; {advice}",
    NO_DECREASE: "no lower point was found downhill, though the largest element of the gradient is {norm:.2g}, above "
    "gtol = {gtol:.2g}: rounding hides it{cause}",
    NOT_FINITE: "the function or its derivative is not finite where the search went, and the best point is kept; "
    "start elsewhere, or give a shorter fixed step",
    UNBOUNDED: "the function is unbounded below, as far as it was followed: it is {fun:.2g} at x",
    HIDDEN: "rounding of fun hides the gradient: its largest element, {norm:.2g}, is right to {error:.2g}, above "
    "gtol = {gtol:.2g}; give jac or a larger gtol, or subtract a constant",
    WRONG_JACOBIAN: "the gradient is within gtol = {gtol:.2g} by jac, but fun falls beside x, with slope "
    "{slope:.2g}: jac is wrong; correct it (see check_gradient)",
    STOPPED: "callback ended the search, where the largest element of the gradient is {norm:.2g}",
    INDEFINITE: "x is a stationary point but no minimum: the Hessian there is indefinite or negative; start elsewhere",
}
SIMPLEX = {
    CONVERGED: "no vertex is farther than xatol = {xatol:.2g} from the best, nor its value than fatol = {fatol:.2g}",
    MAXITER: "maxiter = {maxiter} iterations were not enough: the simplex still has size {norm:.2g}; {advice}",
    STOPPED: "callback ended the search, where the simplex has size {norm:.2g}",
}
SUBGRADIENT = {
    CONVERGED: "the subgradient is zero",
    STOPPED: "callback ended the search, and the best point is kept",
    MAXITER: "all maxiter = {maxiter} steps were taken, and the best point is kept; a subgradient cannot tell how near "
    "the minimum is",
}
