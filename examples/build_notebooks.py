"""The lessons as notebooks, with their results and pictures, made from the scripts beside them.

pip install -e '.[test]'
python examples/build_notebooks.py
"""

import os
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent


def lessons():
    """The scripts of the lessons, in order."""
    return sorted(HERE.glob("lesson_*.py"))


def notebook_of(script):
    """A script as a notebook that has not been run."""
    book = jupytext.read(script, fmt="py:percent")
    book.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for i, cell in enumerate(book.cells):
        cell.id, cell.metadata = f"cell-{i}", {}
    return book


def run(book):
    """Run all cells of a notebook, in the folder of the lessons; returns it with what they show."""
    NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(HERE)}}).execute()
    for cell in book.cells:
        cell.metadata.pop("execution", None)  # times of day, which would differ each time
    return book


def main():
    """Write the notebook of each lesson beside its script."""
    os.environ["MECHKIT_QUIET"] = "1"  # whether something was compiled is no result
    for script in lessons():
        nbformat.write(run(notebook_of(script)), script.with_suffix(".ipynb"))
        print(script.with_suffix(".ipynb").name)


if __name__ == "__main__":
    main()
