"""Elements on the triangle with the corners (0, 0), (1, 0), (0, 1), and on the tetrahedron that is like it."""

from mechkit.odes.elements.reference import Element

#: A value at each corner.
P1 = Element(name="P1", degree=1, nodes=[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], powers=[[0, 0], [1, 0], [0, 1]])

#: A value at each corner, and one in the middle of each side: of corners 0 and 1, 1 and 2, 2 and 0.
P2 = Element(
    name="P2",
    degree=2,
    nodes=[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.5, 0.0], [0.5, 0.5], [0.0, 0.5]],
    powers=[[0, 0], [1, 0], [0, 1], [2, 0], [1, 1], [0, 2]],
)

#: A value at each corner of a tetrahedron.
TETRAHEDRON = Element(
    name="P1",
    degree=1,
    nodes=[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    powers=[[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]],
)

#: By the names that drivers take, in lower case.
TRIANGLES = {element.name.lower(): element for element in (P1, P2)}
