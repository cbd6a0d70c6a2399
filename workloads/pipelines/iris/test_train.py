import io
import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pytest
import torch
from landfall_runtime.failure import JobFailure
from landfall_runtime.lake import Lake
from landfall_runtime.split import Split, split_rows
from model import IrisClassifier
from schema import SCHEMA

FEATURES = [column.name for column in SCHEMA.features]
TRAIN = Path(__file__).with_name("train.py")
METRICS = {"accuracy", "loss", "epochs", "trainRows", "heldOutRows", "worldSize"}
FILES = ["golden.json", "metrics.json", "model.json", "model.py", "model.ts.pt", "weights.pt"]


@pytest.fixture
def train(start_job, curated, new_port):
    """`train(run, ranks, *parameters)` starts the ranks of one training job."""

    def start(run: str, ranks: int = 1, *parameters: str) -> list:
        place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(new_port()), "WORLD_SIZE": str(ranks)}
        given = ["--run", run, "--batch", run, "--input", curated, "--output", f"models/iris/{run}"]
        given += ["--param", "batchSize=16", *parameters]
        return [start_job(TRAIN, *given, env=place | {"RANK": str(rank)}) for rank in range(ranks)]

    return start


def split_table(table: pyarrow.Table, held_out_fraction: float, seed: int) -> Split:
    return split_rows(table, SCHEMA, held_out_fraction, seed)


def test_the_split_is_stratified_and_does_not_depend_on_the_order_of_rows(sample: pyarrow.Table):
    split = split_table(sample, 0.2, seed=7)
    assert split.target.names == ["setosa", "versicolor", "virginica"]
    assert [len(split.train), len(split.held_out)] == [120, 30]
    assert split.held_out.tensors[1].bincount().tolist() == [10, 10, 10]
    backwards = split_table(sample.take(list(reversed(range(150)))), 0.2, seed=7)
    assert torch.equal(split.train.tensors[0], backwards.train.tensors[0])
    assert not torch.equal(split.train.tensors[0], split_table(sample, 0.2, seed=8).train.tensors[0])


def test_the_held_out_rows_keep_the_columns_that_only_another_model_reads(sample: pyarrow.Table):
    doubled = pyarrow.array([2 * length for length in sample["petal_length"].to_pylist()])
    split = split_table(sample.append_column("doubled", doubled), 0.2, seed=7)
    lengths = split.held_out.tensors[0][:, FEATURES.index("petal_length")]
    assert torch.allclose(torch.tensor(split.held_out_table["doubled"].to_pylist()), 2 * lengths)


def test_data_that_cannot_be_split_is_refused(sample: pyarrow.Table):
    with pytest.raises(JobFailure, match=r"There are 1 classes: \['setosa'\]"):
        split_table(sample.slice(0, 50), 0.2, seed=7)
    with pytest.raises(JobFailure, match="Class versicolor has 1 rows, too few to split"):
        split_table(sample.slice(0, 51), 0.2, seed=7)


def test_two_ranks_train_a_model_that_is_complete_and_right(train, read_result, lake: Lake):
    ranks = train("two-ranks", 2, "epochs=30", "learningRate=0.03")
    assert [rank.wait(120) for rank in ranks] == [0, 0], [rank.stdout.read() for rank in ranks]
    result = read_result("two-ranks", "train")
    assert result["outputs"] == {"model": "models/iris/two-ranks"}
    assert set(result["metrics"]) == METRICS
    assert result["metrics"]["worldSize"] == 2
    assert result["metrics"]["accuracy"] >= 0.9
    assert [path.rpartition("/")[2] for path in lake.list_files("models/iris/two-ranks")] == FILES
    assert json.loads(lake.read("models/iris/two-ranks/metrics.json")) == result["metrics"]

    about = json.loads(lake.read("models/iris/two-ranks/model.json"))
    assert (about["pipeline"], about["version"], about["features"]) == ("iris", "two-ranks", FEATURES)
    scripted = torch.jit.load(io.BytesIO(lake.read("models/iris/two-ranks/model.ts.pt")))
    rebuilt = IrisClassifier(len(FEATURES), about["hidden"], len(about["classes"]))
    rebuilt.load_state_dict(torch.load(io.BytesIO(lake.read("models/iris/two-ranks/weights.pt")), weights_only=True))
    row = torch.tensor([[5.1, 3.5, 1.4, 0.2]])
    assert torch.allclose(scripted(row), rebuilt(row))

    golden = json.loads(lake.read("models/iris/two-ranks/golden.json"))
    for request, response in zip(golden["requests"], golden["responses"], strict=True):
        logits = scripted(torch.tensor(request["instances"]))
        assert [about["classes"][index] for index in logits.argmax(1)] == [
            one["label"] for one in response["predictions"]
        ]


def test_a_stopped_training_resumes_and_ends_as_if_it_had_not_been(train, read_result, lake: Lake):
    parameters = ("epochs=100", "checkpointEvery=1")
    [straight] = train("straight", 1, *parameters)
    assert straight.wait(120) == 0
    [stopped] = train("stopped-short", 1, *parameters)
    wait_for(lambda: lake.exists("runs/iris/stopped-short/train/checkpoint.pt"))
    stopped.send_signal(signal.SIGTERM)
    assert stopped.wait(30) == 1
    assert read_result("stopped-short", "train")["error"]["reason"] == "Terminated"

    [resumed] = train("stopped-short", 1, *parameters)
    output = resumed.communicate(timeout=120)[0]
    assert resumed.returncode == 0
    assert "Resuming after epoch" in output
    assert "Epoch 1 of 100" not in output
    for name in ("weights.pt", "metrics.json"):
        assert same(lake.read(f"models/iris/straight/{name}"), lake.read(f"models/iris/stopped-short/{name}"))


def test_training_goes_on_from_initial_weights(train_here, trained, lake: Lake):
    # Another seed splits other rows off, so that the scaling would differ if it were taken from them.
    a_little = ("--param", "epochs=1", "learningRate=0.0001", "seed=8")
    assert train_here("fresh", *a_little)["metrics"]["accuracy"] < 0.8
    weights = f"{trained}/weights.pt"
    tuned = train_here("tuned", *a_little, "--initial-weights", weights)
    assert tuned["metrics"]["accuracy"] >= 0.9
    before, after = (read_weights(lake, path) for path in (weights, "models/iris/tuned/weights.pt"))
    assert torch.equal(before["mean"], after["mean"])
    assert torch.equal(before["std"], after["std"])
    moved = (before["layers.0.weight"] - after["layers.0.weight"]).abs().max().item()
    assert 0 < moved < 0.01
    assert json.loads(lake.read("models/iris/tuned/model.json"))["initialWeights"] == weights
    assert json.loads(lake.read("models/iris/fresh/model.json"))["initialWeights"] is None


def test_two_ranks_go_on_from_the_same_weights_to_where_one_would(train, train_here, trained, lake: Lake):
    given = ("--initial-weights", f"{trained}/weights.pt", "--param", "epochs=1")
    ranks = train("tuned-by-two", 2, *given, "batchSize=8")
    assert [rank.wait(120) for rank in ranks] == [0, 0], [rank.stdout.read() for rank in ranks]
    train_here("tuned-by-one", *given, "batchSize=16")
    two, one = (read_weights(lake, f"models/iris/tuned-by-{name}/weights.pt") for name in ("two", "one"))
    for name in one:
        assert torch.allclose(two[name], one[name], atol=1e-5), name


def test_without_epochs_initial_weights_are_evaluated_as_they_are(train_here, trained, lake: Lake):
    weights = f"{trained}/weights.pt"
    outcome = train_here("evaluated", "--initial-weights", weights, "--param", "epochs=0")
    of_trained = json.loads(lake.read(f"{trained}/metrics.json"))
    assert outcome["metrics"] == of_trained | {"epochs": 0}
    assert same(lake.read(weights), lake.read("models/iris/evaluated/weights.pt"))


@pytest.mark.parametrize(
    ("arguments", "least"),
    [
        (["--param", "epochs=0"], 1),
        (["--param", "epochs=-1", "--initial-weights", "models/iris/v/weights.pt"], 0),
    ],
)
def test_a_training_without_epochs_and_weights_is_refused(train_here, arguments, least):
    with pytest.raises(JobFailure, match=f"BadParameter: Parameter epochs must be at least {least}"):
        train_here("untrained", *arguments)


def test_initial_weights_of_another_form_are_refused(train_here, trained):
    with pytest.raises(
        JobFailure, match=r"BadWeights: .*layers.0.weight should have shape \[8, 4\], and has \[16, 4\]"
    ):
        train_here("narrow", "--initial-weights", f"{trained}/weights.pt", "--param", "hidden=8")


def test_a_checkpoint_is_taken_up_only_with_the_same_initial_weights(train_here, trained, capsys):
    parameters = ("--param", "epochs=2")
    given = ("--initial-weights", f"{trained}/weights.pt", *parameters)
    for arguments, resumes in [(given, False), (given, True), (parameters, False)]:
        train_here("repeated", *arguments)
        assert ("Resuming after epoch 2" in capsys.readouterr().out) == resumes


def test_a_champion_that_is_the_same_model_differs_in_nothing(train, trained, read_result, lake: Lake):
    given = ("--baseline", trained, "--initial-weights", f"{trained}/weights.pt", "--param", "epochs=0")
    ranks = train("same", 2, *given)
    assert [rank.wait(120) for rank in ranks] == [0, 0], [rank.stdout.read() for rank in ranks]
    result = read_result("same", "train")
    assert result["outputs"] == {"model": "models/iris/same"}
    metrics = result["metrics"]
    assert metrics["champion.accuracy"] == metrics["accuracy"] >= 0.9
    assert metrics["champion.loss"] == pytest.approx(metrics["loss"])
    assert metrics["changedPredictions"] == 0
    assert json.loads(lake.read("models/iris/same/metrics.json")) == metrics


def test_the_champions_features_and_classes_count_by_name(train_here, trained, lake: Lake):
    backwards = {"features": FEATURES[::-1], "classes": ["virginica", "versicolor", "setosa"]}
    put_champion(lake, "models/iris/backwards", trained, backwards, lambda model, rows: model(rows.flip(1)).flip(1))
    metrics = evaluate_beside(train_here, trained, "models/iris/backwards")["metrics"]
    assert metrics["champion.accuracy"] == metrics["accuracy"]
    assert metrics["champion.loss"] == pytest.approx(metrics["loss"])
    assert metrics["changedPredictions"] == 0


def test_rows_of_a_class_that_the_champion_does_not_know_count_as_wrong(train_here, trained, lake: Lake):
    two = {"features": FEATURES, "classes": ["setosa", "versicolor"]}
    put_champion(lake, "models/iris/two-classes", trained, two, lambda model, rows: model(rows)[:, :2])
    metrics = evaluate_beside(train_here, trained, "models/iris/two-classes")["metrics"]
    assert metrics["champion.accuracy"] == pytest.approx(2 / 3)
    assert 0.3 <= metrics["changedPredictions"] <= 0.4
    assert "champion.loss" not in metrics


def test_a_class_that_only_the_champion_knows_is_a_changed_prediction(train_here, trained, lake: Lake):
    other = {"features": FEATURES, "classes": ["setosa", "versicolor", "sibirica"]}
    put_champion(lake, "models/iris/other-class", trained, other, lambda model, rows: model(rows))
    metrics = evaluate_beside(train_here, trained, "models/iris/other-class")["metrics"]
    assert metrics["champion.accuracy"] < 0.7
    assert 0.3 <= metrics["changedPredictions"] <= 0.4
    assert "champion.loss" not in metrics


def test_a_champion_that_cannot_be_evaluated_is_a_problem_and_no_failure(train_here, trained, lake: Lake):
    wider = {"features": [*FEATURES, "stem_length"], "classes": ["setosa", "versicolor", "virginica"]}
    put_champion(lake, "models/iris/wider", trained, wider, lambda model, rows: model(rows[:, :4]))
    problems = {
        "models/iris/gone": "cannot be loaded: The lake has no file models/iris/gone/model.json.",
        "models/iris/wider": "reads stem_length, which the data lacks.",
    }
    for champion, problem in problems.items():
        outcome = evaluate_beside(train_here, trained, champion)
        assert outcome["outputs"]["baselineProblem"] == f"The champion {champion} {problem}"
        assert set(outcome["metrics"]) == METRICS
        assert json.loads(lake.read("models/iris/beside/metrics.json")) == outcome["metrics"]


def test_an_unfinished_or_missing_batch_is_refused(start_job, read_result):
    job = start_job(TRAIN, "--run", "none", "--batch", "b", "--input", "curated/iris/none", "--output", "models/iris/n")
    assert job.wait(60) == 1
    assert read_result("none", "train")["error"]["reason"] == "NoData"


def test_a_training_that_diverges_says_so(train, read_result):
    [job] = train("diverges", 1, "learningRate=1e30")
    assert job.wait(60) == 1
    assert read_result("diverges", "train")["error"]["reason"] == "Diverged"


def test_a_metric_that_is_not_finite_is_named(train_here):
    # The loss of the only batch is measured before the step that ruins the weights.
    with pytest.raises(JobFailure, match=r"MetricNotFinite: The metric loss is (nan|inf) on the 30 held-out rows"):
        train_here("ruined", "--param", "epochs=1", "batchSize=120", "learningRate=1e30")


class Adapted(torch.nn.Module):
    """A model behind an adapter, which changes its rows [rows, features] or its logits [rows, classes]."""

    def __init__(self, model: torch.nn.Module, adapter: Callable[[torch.nn.Module, torch.Tensor], torch.Tensor]):
        super().__init__()
        self.model = model
        self.adapter = adapter

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.adapter(self.model, rows)


def put_champion(lake: Lake, folder: str, origin: str, about: dict, adapter: Callable) -> None:
    """Puts a model version into the lake: that of the folder `origin` behind an adapter, with its own model.json."""
    model = torch.jit.load(io.BytesIO(lake.read(f"{origin}/model.ts.pt")))
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.trace(Adapted(model, adapter), torch.ones(2, len(about["features"]))), buffer)
    lake.write(f"{folder}/model.ts.pt", buffer.getvalue())
    lake.write(f"{folder}/model.json", json.dumps(about).encode())


def evaluate_beside(train_here: Callable[..., dict], trained: str, champion: str) -> dict:
    """The outcome of evaluating the trained model beside a champion."""
    weights = f"{trained}/weights.pt"
    return train_here("beside", "--initial-weights", weights, "--baseline", champion, "--param", "epochs=0")


def read_weights(lake: Lake, path: str) -> dict[str, torch.Tensor]:
    """A state dict of the lake."""
    return torch.load(io.BytesIO(lake.read(path)), weights_only=True)


def same(one: bytes, other: bytes) -> bool:
    """Whether two files of metrics or weights hold the same values."""
    if one.startswith(b"{"):
        return json.loads(one) == json.loads(other)
    states = [torch.load(io.BytesIO(data), weights_only=True) for data in (one, other)]
    return all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def wait_for(condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)
