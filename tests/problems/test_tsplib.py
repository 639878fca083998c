"""The reader and the writer of TSPLIB: published files, all formats of a matrix, and what is said of a broken file."""

import gzip

import numpy as np
import pytest

from mechkit.problems import TravelingSalesman, read_tour, read_tsplib, write_tour, write_tsplib
from mechkit.tsp import distance_matrix, tour_length

OPTIMA = {"a280": 2579, "berlin52": 7542, "ch130": 6110, "eil51": 426, "kroA100": 21282, "pcb442": 50778, "st70": 675}
MATRIX = np.array([[0, 3, 5, 7], [3, 0, 11, 13], [5, 11, 0, 17], [7, 13, 17, 0]])
STORED = {
    "FULL_MATRIX": "0 3 5 7\n3 0 11 13 5\n11 0 17\n7 13 17 0",
    "UPPER_ROW": "3 5 7\n11 13\n17",
    "LOWER_ROW": "3\n5 11\n7 13 17",
    "UPPER_DIAG_ROW": "0 3 5 7 0 11 13 0 17 0",
    "LOWER_DIAG_ROW": "0 3 0 5 11 0\n7 13 17 0",
    "UPPER_COL": "3 5 11 7 13 17",
    "LOWER_COL": "3 5 7 11 13 17",
    "UPPER_DIAG_COL": "0 3 0 5 11 0 7 13 17 0",
    "LOWER_DIAG_COL": "0 3 5 7 0 11 13 0 17 0",
}


def text(*lines, rule="EUC_2D", size=3, kind="TSP"):
    return "\n".join([f"NAME: made\nTYPE: {kind}\nDIMENSION: {size}\nEDGE_WEIGHT_TYPE: {rule}", *lines])


def points(*lines, **said):
    return text("NODE_COORD_SECTION", *lines, **said)


@pytest.fixture
def read(tmp_path):
    def of(content, reader=read_tsplib):
        path = tmp_path / "made.tsp"
        path.write_text(content)
        return reader(path)

    return of


@pytest.mark.parametrize("name", OPTIMA)
def test_published_tours_have_the_published_length(name, published):
    problem = read_tsplib(published("tsplib") / f"{name}.tsp")
    tour = read_tour(published("tsplib") / f"{name}.opt.tour")
    assert (problem.name, problem.rule) == (name, "EUC_2D")
    assert tour_length(problem, tour) == OPTIMA[name]


@pytest.mark.parametrize("form", STORED)
def test_every_format_of_a_matrix_gives_the_same_distances(form, read):
    lines = f"EDGE_WEIGHT_FORMAT: {form}", "EDGE_WEIGHT_SECTION", STORED[form]
    problem = read(text(*lines, rule="EXPLICIT", size=4))
    np.testing.assert_array_equal(problem.matrix, MATRIX)
    np.testing.assert_array_equal(distance_matrix(problem), MATRIX)


@pytest.mark.parametrize(
    ("rule", "there", "wanted"),
    [
        ("EUC_2D", "2.5 0", 3),  # half goes up, and not to the even number
        ("EUC_2D", "2.4 0", 2),
        ("CEIL_2D", "2 1", 3),
        ("CEIL_2D", "3 4", 5),
        ("ATT", "10 0", 4),  # the root of 100 / 10 is 3.16
        ("ATT", "30 10", 10),  # exactly 10
        ("MAN_2D", "2.3 1.3", 4),
        ("MAX_2D", "2.5 1", 3),
        ("GEO", "0 90", 10020),  # a quarter of the equator, and a kilometer
        ("GEO", "-0.30 0", 56),  # thirty minutes are half a degree, south too
    ],
)
def test_each_rule_of_distance(rule, there, wanted, read):
    problem = read(points("1 0 0", f"2 {there}", "3 1 1", rule=rule))
    assert distance_matrix(problem)[0, 1] == distance_matrix(problem)[1, 0] == wanted


def test_cities_in_any_order_and_compressed(tmp_path):
    path = tmp_path / "made.tsp.gz"
    path.write_bytes(
        gzip.compress(points("3 1.5e1 -2", "1 .5 0", "2 1D1 7", "EOF", "what follows is not read").encode())
    )
    np.testing.assert_array_equal(read_tsplib(path).points, [[0.5, 0.0], [10.0, 7.0], [15.0, -2.0]])


@pytest.mark.parametrize(
    "problem",
    [
        TravelingSalesman("a b", "of two\nlines", "GEO", np.array([[0.1 + 0.2, -1e-300], [3.0, 1e22]]), None),
        TravelingSalesman("m", "", "EXPLICIT", None, MATRIX / 7),
    ],
)
def test_what_is_written_is_read_again_to_the_last_digit(problem, tmp_path):
    write_tsplib(tmp_path / "made.tsp", problem)
    again = read_tsplib(tmp_path / "made.tsp")
    assert (again.name, again.rule, again.size) == (problem.name, problem.rule, problem.size)
    for name in ("points", "matrix"):
        np.testing.assert_array_equal(getattr(again, name), getattr(problem, name))


def test_a_tour_is_read_as_it_was_written(tmp_path):
    tour = np.random.default_rng(0).permutation(9)
    write_tour(tmp_path / "made.tour", tour)
    np.testing.assert_array_equal(read_tour(tmp_path / "made.tour"), tour)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "it has no DIMENSION"),
        ("nonsense", "line 1 is 'nonsense'; it must be a keyword"),
        (text(size="three"), "line 3 says DIMENSION 'three'; it must be a whole number"),
        (text(size=0), "line 3 says DIMENSION '0'"),
        (text(kind="ATSP"), "line 2 says TYPE ATSP; only TSP"),
        (text(rule="XRAY1"), "line 4 says EDGE_WEIGHT_TYPE XRAY1; supported are EUC_2D, CEIL_2D,"),
        (text(), "it holds no NODE_COORD_SECTION, which the rule EUC_2D needs"),
        (text("FIXED_EDGES_SECTION", "1 2"), "line 5 begins FIXED_EDGES_SECTION, which is not supported"),
        (points("1 0 0", "2 1 1"), "it ends after line 7 with 2 of 3 cities"),
        (points("1 0 0", "2 1", "3 1 1"), "line 7 is '2 1', city 2 of 3; it must be a city's number and two coordin"),
        (points("1 0 0", "2 1 nan", "3 1 1"), "line 7: 'nan' is not a number"),
        (points("1 0 0", "2 1 1e999", "3 1 1"), "line 7: '1e999' is too large"),
        (points("1 0 0", "4 1 1", "3 1 1"), "line 7 names city 4; the cities are 1 to 3"),
        (points("1 0 0", "1 1 1", "3 1 1"), "line 7 gives city 1 again"),
        (points("1 0 0", "x 1 1", "3 1 1"), "line 7 has 'x' in the place of a city's number"),
        (points("1 0 0", "2 1 1", "3 1 1", "4 1 1"), "line 9 is '4 1 1', after all 3 cities"),
        (text("EDGE_WEIGHT_SECTION", "1 2 3", rule="EXPLICIT"), "it has no EDGE_WEIGHT_FORMAT"),
        (
            text("EDGE_WEIGHT_FORMAT: FUNCTION", "EDGE_WEIGHT_SECTION", rule="EXPLICIT"),
            "line 5 says EDGE_WEIGHT_FORMAT FUNCTION; supported are FULL_MATRIX",
        ),
        (
            text("EDGE_WEIGHT_FORMAT: UPPER_ROW", "EDGE_WEIGHT_SECTION", "1 2", rule="EXPLICIT"),
            "its matrix ends at line 7 after 2 of 3 distances",
        ),
        (
            text("EDGE_WEIGHT_FORMAT: UPPER_ROW", "EDGE_WEIGHT_SECTION", "1 2 3 4", rule="EXPLICIT"),
            "its matrix has more than 3 distances at line 7",
        ),
        (
            text("EDGE_WEIGHT_FORMAT: FULL_MATRIX", "EDGE_WEIGHT_SECTION", "0 1 2 1 0 3 2 4 0", rule="EXPLICIT"),
            "the distance of cities 2 and 3 is 3 one way and 4 the other; only symmetric",
        ),
    ],
)
def test_a_broken_problem_is_refused_with_the_line(content, complaint, read):
    with pytest.raises(ValueError, match="is not a readable problem of TSPLIB: ") as raised:
        read(content)
    assert complaint in str(raised.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("TYPE: TOUR", "it has no TOUR_SECTION"),
        ("TYPE: TSP\nTOUR_SECTION\n1", "line 1 says TYPE TSP; a file of a tour says TOUR"),
        ("DIMENSION: 3\nTOUR_SECTION\n1\n2\n-1", "its tour ends at line 5 after 2 of 3 cities"),
        ("DIMENSION: 3\nTOUR_SECTION\n1\n2\n2\n-1", "line 5 visits city 2 again, after line 4"),
        ("TOUR_SECTION\n1\n4\n2\n-1", "line 3 visits city 4, and the tour has 3 cities"),
        ("DIMENSION: 3\nTOUR_SECTION\n0\n", "line 3 names city 0"),
        ("DIMENSION: 3\nTOUR_SECTION\n1.5\n", "line 3 has '1.5' in the place of a city's number"),
    ],
)
def test_a_broken_tour_is_refused_with_the_line(content, complaint, read):
    with pytest.raises(ValueError, match="is not a readable tour of TSPLIB: ") as raised:
        read(content, read_tour)
    assert complaint in str(raised.value)


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file"):
        read_tsplib(tmp_path / "none.tsp")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        read_tour(tmp_path)


def test_what_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(ValueError, match="tour is no permutation of 0 to 2"):
        write_tour(tmp_path / "made.tour", [0, 1, 1])
    with pytest.raises(ValueError, match="not finite"):
        write_tsplib(tmp_path / "made.tsp", TravelingSalesman("", "", "EUC_2D", np.full((2, 2), np.nan), None))
    with pytest.raises(ValueError, match="the rule is 'XRAY1'"):
        write_tsplib(tmp_path / "made.tsp", TravelingSalesman("", "", "XRAY1", np.zeros((2, 2)), None))
    with pytest.raises(ValueError, match="needs EDGE_WEIGHT_SECTION"):
        write_tsplib(tmp_path / "made.tsp", TravelingSalesman("", "", "EXPLICIT", np.zeros((2, 2)), None))
    assert list(tmp_path.iterdir()) == []
