"""Runs the notebook against an app that runs, and saves it with its outputs.

    npm run notebook                     # against npm start, or the app that LANDFALL_API names
    npm run notebook -- --output FILE    # saves it there, and leaves the notebook as it is

What differs by machine and moment is left out: when cells ran, and on which Python. A notebook with a key or a folder
of this machine in it is not saved.
"""

import argparse
import sys
from pathlib import Path

import nbformat
from landfall_api import Landfall, connect
from landfall_errors import LandfallError
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

FOLDER = Path(__file__).resolve().parent
NOTEBOOK = FOLDER / "manual-pipeline-triggers.ipynb"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def main(arguments: list[str]) -> int:
    """Runs it; answers the exit code."""
    parser = argparse.ArgumentParser(prog="npm run notebook --", description="Runs the notebook and keeps its outputs.")
    parser.add_argument("--output", type=Path, default=NOTEBOOK, help="file to save it in (default: the notebook)")
    parser.add_argument("--cell-limit", type=int, default=600, metavar="SECONDS", help="longest time of a cell")
    options = parser.parse_args(arguments)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    try:
        landfall = connect(folder=FOLDER)
        execute(notebook, options.cell_limit)
    except (CellExecutionError, CellTimeoutError, LandfallError) as error:
        print(error, file=sys.stderr)
        return 1
    text = as_committed(notebook)
    if any(secret in text for secret in private_texts(landfall)):
        print("An output shows a key or a folder of this machine. Change the cell that prints it.", file=sys.stderr)
        return 1
    options.output.write_text(text)
    return 0


def execute(notebook: nbformat.NotebookNode, cell_limit: int) -> None:
    """Runs all cells, in the folder of the notebook, and tells how far it is."""
    total = sum(cell.cell_type == "code" for cell in notebook.cells)

    def tell(cell: nbformat.NotebookNode, **_) -> None:
        if cell.cell_type == "code":
            done = sum(bool(other.get("execution_count")) for other in notebook.cells)
            print(f"cell {min(done + 1, total)} of {total}: {cell.id}", file=sys.stderr, flush=True)

    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, []
    resources = {"metadata": {"path": str(FOLDER)}}
    limits = {"timeout": cell_limit, "startup_timeout": cell_limit}
    NotebookClient(notebook, **limits, record_timing=False, resources=resources, on_cell_start=tell).execute()


def as_committed(notebook: nbformat.NotebookNode) -> str:
    """The text of a notebook that does not tell where it ran."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """The outputs of a cell, with what it printed in one piece however it came."""
    kept: list[nbformat.NotebookNode] = []
    for output in outputs:
        before = kept[-1] if kept else {}
        if output.output_type == "stream" and before.get("name") == output.name:
            before.text += output.text
        else:
            kept.append(output)
    return kept


def private_texts(landfall: Landfall) -> list[str]:
    """What no output may show."""
    keys = [landfall.key, landfall.token, landfall.lake and landfall.lake.key]
    return [text for text in [*keys, str(Path.home()), str(FOLDER.parents[1])] if text and text != "/"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
