"""Elements on a line, from 0 to 1."""

from mechkit.odes.elements.reference import Element

#: Hat functions: a value at each end.
LINEAR = Element(name="linear", degree=1, nodes=[[0.0], [1.0]], powers=[[0], [1]], step=1)

#: A value at each end, and one in the middle.
QUADRATIC = Element(name="quadratic", degree=2, nodes=[[0.0], [0.5], [1.0]], powers=[[0], [1], [2]], step=2)

#: Hermite cubics: value and slope at each end, so that the slope of the solution is continuous.
HERMITE = Element(
    name="hermite",
    degree=3,
    nodes=[[0.0], [0.0], [1.0], [1.0]],
    powers=[[0], [1], [2], [3]],
    orders=[0, 1, 0, 1],
    step=2,
)

LINES = {element.name: element for element in (LINEAR, QUADRATIC, HERMITE)}
