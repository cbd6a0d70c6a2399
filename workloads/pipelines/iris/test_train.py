import io
import json
import signal
import time
from pathlib import Path

import pyarrow
import pytest
import torch
from landfall_runtime.failure import JobFailure
from landfall_runtime.lake import Lake
from model import IrisClassifier
from train import FEATURES, split_rows

TRAIN = Path(__file__).with_name("train.py")
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


def test_the_split_is_stratified_and_does_not_depend_on_the_order_of_rows(sample: pyarrow.Table):
    split = split_rows(sample, 0.2, seed=7)
    assert split.classes == ["setosa", "versicolor", "virginica"]
    assert [len(split.train), len(split.held_out)] == [120, 30]
    assert split.held_out.tensors[1].bincount().tolist() == [10, 10, 10]
    backwards = split_rows(sample.take(list(reversed(range(150)))), 0.2, seed=7)
    assert torch.equal(split.train.tensors[0], backwards.train.tensors[0])
    assert not torch.equal(split.train.tensors[0], split_rows(sample, 0.2, seed=8).train.tensors[0])


def test_data_that_cannot_be_split_is_refused(sample: pyarrow.Table):
    with pytest.raises(JobFailure, match=r"There are 1 classes: \['setosa'\]"):
        split_rows(sample.slice(0, 50), 0.2, seed=7)
    with pytest.raises(JobFailure, match="Class versicolor has 1 rows, too few to split"):
        split_rows(sample.slice(0, 51), 0.2, seed=7)


def test_two_ranks_train_a_model_that_is_complete_and_right(train, read_result, lake: Lake):
    ranks = train("two-ranks", 2, "epochs=30", "learningRate=0.03")
    assert [rank.wait(120) for rank in ranks] == [0, 0], [rank.stdout.read() for rank in ranks]
    result = read_result("two-ranks", "train")
    assert result["outputs"] == {"model": "models/iris/two-ranks"}
    assert set(result["metrics"]) == {"accuracy", "loss", "epochs", "trainRows", "heldOutRows", "worldSize"}
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


def test_an_unfinished_or_missing_batch_is_refused(start_job, read_result):
    job = start_job(TRAIN, "--run", "none", "--batch", "b", "--input", "curated/iris/none", "--output", "models/iris/n")
    assert job.wait(60) == 1
    assert read_result("none", "train")["error"]["reason"] == "NoData"


def test_a_training_that_diverges_says_so(train, read_result):
    [job] = train("diverges", 1, "learningRate=1e30")
    assert job.wait(60) == 1
    assert read_result("diverges", "train")["error"]["reason"] == "Diverged"


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
