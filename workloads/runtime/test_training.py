"""The train stage over tables of any kind, in this process and on a folder as the lake; iris has the rest."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
import torch
import torch.distributed
from landfall_runtime.failure import JobFailure
from landfall_runtime.features import encode, read_features
from landfall_runtime.folder_lake import FolderLake
from landfall_runtime.job import make_job, parse
from landfall_runtime.schema import Category, Number, Schema
from landfall_runtime.split import Split, split_rows
from landfall_runtime.table_input import TableInput
from landfall_runtime.training import TrainingParameters, train
from torch import Tensor, nn

KIND = Schema([Number("size", nullable=True), Category("colour"), Category("kind")], target="kind")
PRICE = Schema([Number("size", nullable=True), Category("colour"), Number("price")], target="price")


class Linear(nn.Module):
    """The smallest model of a table; `dropout` is there to need chance."""

    def __init__(self, split: Split):
        super().__init__()
        self.table = TableInput(split.features)
        self.table.learn(split.train.tensors[0])
        self.layers = nn.Sequential(nn.Dropout(0.1), nn.Linear(self.table.width, split.target.outputs))

    def forward(self, rows: Tensor) -> Tensor:
        return self.layers(self.table(rows))


class Unscriptable(Linear):
    """A model that only Python can run."""

    def forward(self, rows: Tensor) -> Tensor:
        return self.layers(self.table(rows)) * len(json.dumps({}))


def table(colours: tuple[str, ...] = ("blue", "green", "red"), rows: int = 60, shift: float = 0.0) -> pyarrow.Table:
    """Rows whose kind and price follow from size and colour; a few sizes are missing."""
    colour = [colours[index % len(colours)] for index in range(rows)]
    size = [None if index % 10 == 9 else index / rows + shift for index in range(rows)]
    kind = ["dear" if name == "red" else "cheap" for name in colour]
    price = [10 * (each or 0.5) + (5 if name == "red" else 0) for each, name in zip(size, colour, strict=True)]
    return pyarrow.table({"size": size, "colour": colour, "kind": kind, "price": price})


@pytest.fixture
def lake(tmp_path: Path) -> FolderLake:
    return FolderLake(tmp_path.as_uri())


@pytest.fixture
def train_on(lake: FolderLake) -> Callable[..., dict]:
    """`train_on(run, schema, table, …)` trains and is what the stage returns; its model is models/things/RUN."""

    def run(
        name: str, schema: Schema, rows: pyarrow.Table, *given: str, model: type = Linear, epochs=30, stop_at=None
    ) -> dict:
        folder = lake.place(f"curated/{name}")
        folder.mkdir(parents=True, exist_ok=True)
        pyarrow.parquet.write_table(rows, folder / "part-0.parquet")
        (folder / "_SUCCESS").touch()
        arguments = ["train.py", "--run", name, "--batch", name, "--input", f"curated/{name}", *given]
        arguments += ["--output", f"models/things/{name}"]
        job = make_job(parse(arguments), {"LANDFALL_PIPELINE": "things", "LANDFALL_STAGE": "train"}, lake)
        job = replace(job, progress=stopping(job.progress, stop_at)) if stop_at else job
        parameters = TrainingParameters(epochs=epochs, batch_size=8, learning_rate=0.05)
        try:
            return train(job, schema, parameters, lambda split, _: model(split))
        finally:
            if torch.distributed.is_initialized():
                torch.distributed.destroy_process_group()

    return run


def stopping(progress: Callable, message: str) -> Callable:
    """The same progress, which is interrupted at a message."""

    def report(told: str, fraction: float | None) -> None:
        progress(told, fraction)
        if told.startswith(message):
            raise InterruptedError(message)

    return report


def read(lake: FolderLake, path: str) -> dict:
    return json.loads(lake.read(path))


def test_a_category_decides_and_missing_values_do_no_harm(train_on, lake):
    outcome = train_on("first", KIND, table())
    assert outcome["metrics"]["accuracy"] == 1
    about = read(lake, "models/things/first/model.json")
    assert about["columns"][1] == {
        "name": "colour",
        "kind": "category",
        "nullable": False,
        "vocabulary": ["blue", "green", "red"],
    }
    golden = read(lake, "models/things/first/golden.json")
    assert [len(request["instances"]) for request in golden["requests"]] == [1, 1, 2]
    labels = [one["label"] for one in golden["responses"][-1]["predictions"]]
    assert labels == about["classes"] == ["cheap", "dear"]


def test_a_number_is_predicted_in_its_own_unit(train_on, lake):
    outcome = train_on("price", PRICE, table(), epochs=120)
    assert set(outcome["metrics"]) == {"rmse", "mae", "r2", "trainRows", "heldOutRows", "epochs", "worldSize"}
    assert outcome["metrics"]["r2"] > 0.9
    golden = read(lake, "models/things/price/golden.json")
    low, middle, high = golden["responses"][-1]["predictions"]
    assert low < middle < high
    assert golden["tolerance"] == pytest.approx(1e-4 * read(lake, "models/things/price/model.json")["spread"])


def test_a_regressions_champion_is_evaluated_on_the_same_rows(train_on):
    first = train_on("one", PRICE, table(), epochs=120)["metrics"]
    again = train_on("two", PRICE, table(), "--baseline", "models/things/one", epochs=5)["metrics"]
    assert again["champion.rmse"] == pytest.approx(first["rmse"], rel=1e-5)
    assert again["champion.r2"] == pytest.approx(first["r2"], rel=1e-5)
    assert "changedPredictions" not in again


def test_a_champion_of_another_task_is_a_problem_and_no_failure(train_on):
    train_on("kind", KIND, table())
    outcome = train_on("price", PRICE, table(), "--baseline", "models/things/kind")
    assert outcome["outputs"]["baselineProblem"] == (
        "The champion models/things/kind is a classification, and this model a regression."
    )


def test_a_champion_takes_colours_that_it_never_saw_for_none_of_its_own(train_on):
    train_on("old", KIND, table(colours=("blue", "red")))
    metrics = train_on("new", KIND, table(), "--baseline", "models/things/old")["metrics"]
    assert metrics["accuracy"] == 1
    assert 0 <= metrics["champion.accuracy"] <= 1
    assert "changedPredictions" in metrics


def test_initial_weights_keep_the_indexes_that_their_categories_had(train_on, lake):
    train_on("start", KIND, table(colours=("green", "red")))
    weights = ("--initial-weights", "models/things/start/weights.pt")
    outcome = train_on("tuned", KIND, table(colours=("amber", "green", "red")), *weights, epochs=0)
    features = read_features(read(lake, "models/things/tuned/model.json"))
    assert features[1].vocabulary == ["green", "red"]
    assert outcome["metrics"]["accuracy"] > 0.5


def test_initial_weights_of_other_classes_are_refused(train_on):
    train_on("start", KIND, table())
    renamed = table().to_pydict()
    renamed["kind"] = ["high" if kind == "dear" else "low" for kind in renamed["kind"]]
    with pytest.raises(JobFailure, match=r"BadWeights: .*its classes are cheap, dear, those of the data high, low"):
        train_on("tuned", KIND, pyarrow.table(renamed), "--initial-weights", "models/things/start/weights.pt")


def test_a_training_that_resumes_ends_as_if_it_had_not_stopped_whatever_chance_decides(train_on, lake, capsys):
    train_on("straight", KIND, table(), epochs=10)
    with pytest.raises(InterruptedError):
        train_on("stopped", KIND, table(), epochs=10, stop_at="Epoch 8")
    capsys.readouterr()
    train_on("stopped", KIND, table(), epochs=10)
    assert "Resuming after epoch 5" in capsys.readouterr().out
    weights = [torch.load(lake.place(f"models/things/{run}/weights.pt")) for run in ("straight", "stopped")]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_a_model_that_only_python_can_run_is_refused_with_the_reason(train_on):
    with pytest.raises(JobFailure, match=r"NotScriptable: model\.py cannot become TorchScript") as failure:
        train_on("python", KIND, table(), model=Unscriptable)
    assert "forward may use tensors" in failure.value.hint


def test_rows_are_split_the_same_in_whatever_order_they_come():
    rows = table()
    backwards = rows.take(list(reversed(range(60))))
    one, other = (split_rows(each, PRICE, 0.2, seed=7) for each in (rows, backwards))
    assert (len(one.train), len(one.held_out)) == (48, 12)
    assert torch.equal(one.train.tensors[1], other.train.tensors[1])
    assert one.target == other.target
    encoded = encode(one.features, one.held_out_table.to_pydict())
    assert torch.equal(encoded.nan_to_num(), one.held_out.tensors[0].nan_to_num())


def test_too_few_rows_are_refused():
    with pytest.raises(JobFailure, match="NotEnoughRows: The batch has 1 rows, too few to split"):
        split_rows(table(rows=1), PRICE, 0.2, seed=7)
