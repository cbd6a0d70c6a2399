"""Trains the classifier with DistributedDataParallel and writes a model version into the lake.

By hand, from the root of the repository, with PYTHONPATH=workloads/runtime, LANDFALL_LAKE_URL and AZURE_STORAGE_KEY
set:

    python -m landfall_runtime.job workloads/pipelines/iris/train.py --run RUN --batch BATCH \
        --input curated/iris/batch=BATCH --output models/iris/BATCH --param epochs=20

With --initial-weights models/iris/VERSION/weights.pt it goes on from those weights, with --baseline models/iris/VERSION
it evaluates that model on the held-out rows too.
For several ranks start it several times with the same MASTER_ADDR, MASTER_PORT and WORLD_SIZE, and RANK from 0.
"""

import io
import json
import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow
import torch
from landfall_runtime.baseline import BaselineProblem, Champion, load_champion
from landfall_runtime.checkpoint import load_checkpoint, save_checkpoint, to_bytes
from landfall_runtime.distributed import Group, process_group
from landfall_runtime.failure import JobFailure
from landfall_runtime.job import Job
from landfall_runtime.parameters import read_parameters
from landfall_runtime.tables import read_parquet
from landfall_runtime.weights import load_weights
from model import IrisClassifier, predictions
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

FEATURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
LABEL = "species"
GOLDEN_TOLERANCE = 1e-4


@dataclass(frozen=True)
class Parameters:
    """The parameters of the train stage."""

    epochs: int = 60
    batch_size: int = 16
    learning_rate: float = 0.02
    # Without it so few rows are soon learned by heart: the worst held-out accuracy of twelve seeds was 0.83, not 0.93.
    weight_decay: float = 0.01
    hidden: int = 16
    seed: int = 7
    held_out_fraction: float = 0.2
    checkpoint_every: int = 5


@dataclass(frozen=True)
class Split:
    """Training and held-out rows, as TensorDatasets of measurements [rows, 4] and class indexes [rows]."""

    train: TensorDataset
    held_out: TensorDataset
    # The held-out rows again, with all their columns: a champion may read others than this script does.
    held_out_table: pyarrow.Table
    classes: list[str]


def main(job: Job) -> dict:
    """Trains, evaluates on the held-out rows, there with the champion, and writes the model."""
    parameters = read_parameters(Parameters, job.params)
    check_epochs(job, parameters)
    job.report("Reading the training data.", 0.0)
    split = split_rows(read_parquet(job.lake, job.input), parameters.held_out_fraction, parameters.seed)

    with process_group(os.environ) as group:
        model = new_model(job, parameters, split).to(group.device)
        fit(job, parameters, group, model, split.train)
        model = model.cpu().eval()
        metrics = evaluate(model, split) | {"epochs": parameters.epochs, "worldSize": group.world_size}
        outputs = {"model": job.output}
        if group.is_first:
            comparison, problem = compare(job, model, split)
            metrics |= comparison
            outputs |= problem
            write_model(job, parameters, model, split, metrics)
    return {"outputs": outputs, "metrics": metrics}


def check_epochs(job: Job, parameters: Parameters) -> None:
    """Refuses to pass an untrained model on; no epochs at all are right for weights that are trained already."""
    least = 0 if job.initial_weights else 1
    if parameters.epochs < least:
        message = f"Parameter epochs must be at least {least}, not {parameters.epochs}."
        raise JobFailure("BadParameter", message, "Only with initial weights 0 has a meaning: to evaluate them.")


def split_rows(table: pyarrow.Table, held_out_fraction: float, seed: int) -> Split:
    """Sets the same fraction of each class aside; the same rows give the same split, in whatever order they come."""
    table = table.sort_by([(name, "ascending") for name in [*FEATURES, LABEL]])
    labels = table[LABEL].to_pylist()
    classes = sorted(set(labels))
    if len(classes) < 2:
        raise JobFailure("NotEnoughRows", f"There are {len(classes)} classes: {classes}.", "Drop data of at least two.")
    measurements = torch.tensor([table[name].to_pylist() for name in FEATURES], dtype=torch.float32).T.contiguous()
    targets = torch.tensor([classes.index(label) for label in labels])

    generator = torch.Generator().manual_seed(seed)
    kept, aside = [], []
    for index, name in enumerate(classes):
        rows = torch.nonzero(targets == index).flatten()
        rows = rows[torch.randperm(len(rows), generator=generator)]
        count = max(1, round(len(rows) * held_out_fraction))
        if len(rows) <= count:
            raise JobFailure(
                "NotEnoughRows", f"Class {name} has {len(rows)} rows, too few to split.", "Drop more data."
            )
        aside.append(rows[:count])
        kept.append(rows[count:])

    train, held_out = torch.cat(kept), torch.cat(aside)
    return Split(
        train=TensorDataset(measurements[train], targets[train]),
        held_out=TensorDataset(measurements[held_out], targets[held_out]),
        held_out_table=table.take(held_out.numpy()),
        classes=classes,
    )


def new_model(job: Job, parameters: Parameters, split: Split) -> IrisClassifier:
    """The model that the training begins with, the same on every rank."""
    torch.manual_seed(parameters.seed)
    model = IrisClassifier(len(FEATURES), parameters.hidden, len(split.classes))
    model.scale_to(split.train.tensors[0])
    if job.initial_weights:
        # They bring their own scaling, which they are tuned to.
        load_weights(job.lake, job.initial_weights, model)
    return model


def fit(job: Job, parameters: Parameters, group: Group, model: IrisClassifier, rows: TensorDataset) -> None:
    """Trains in place, from the run's last checkpoint if there is one."""
    replica = DistributedDataParallel(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=parameters.learning_rate, weight_decay=parameters.weight_decay)
    sampler = DistributedSampler(rows, group.world_size, group.rank, seed=parameters.seed)
    loader = DataLoader(rows, batch_size=parameters.batch_size, sampler=sampler)

    place = f"{job.stage_folder}/checkpoint.pt"
    for epoch in range(resume(job, place, parameters, model, optimizer), parameters.epochs):
        sampler.set_epoch(epoch)
        loss = train_epoch(replica, optimizer, loader, group.device)
        done = epoch + 1
        if not torch.isfinite(torch.tensor(loss)):
            raise JobFailure("Diverged", f"The loss is {loss} in epoch {done}.", "Lower learningRate.")
        job.report(f"Epoch {done} of {parameters.epochs}, loss {loss:.4f}.", done / parameters.epochs)
        if group.is_first and (done % parameters.checkpoint_every == 0 or done == parameters.epochs):
            save_checkpoint(job.lake, place, checkpoint(job, done, parameters, model, optimizer))


def train_epoch(
    replica: DistributedDataParallel, optimizer: torch.optim.Optimizer, loader: DataLoader, device: torch.device
) -> float:
    """One pass over this rank's rows; returns the mean loss over them."""
    total = 0.0
    for measurements, targets in loader:
        loss = cross_entropy(replica(measurements.to(device)), targets.to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)


def checkpoint(
    job: Job, epoch: int, parameters: Parameters, model: IrisClassifier, optimizer: torch.optim.Optimizer
) -> dict:
    """All that it takes to go on after `epoch` epochs; the shuffling follows from seed and epoch alone."""
    return {
        "epoch": epoch,
        "training": training(job, parameters),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
    }


def training(job: Job, parameters: Parameters) -> dict:
    """What a training follows from: only a checkpoint of the same one can be taken up."""
    return {"input": job.input, "parameters": asdict(parameters), "initialWeights": job.initial_weights}


def resume(
    job: Job, place: str, parameters: Parameters, model: IrisClassifier, optimizer: torch.optim.Optimizer
) -> int:
    """Takes the run's last checkpoint up, if it is of the same training; returns the number of epochs done."""
    state = load_checkpoint(job.lake, place)
    if state is None or state.get("training") != training(job, parameters):
        return 0
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    job.report(f"Resuming after epoch {state['epoch']}.", state["epoch"] / parameters.epochs)
    return state["epoch"]


@torch.no_grad()
def evaluate(model: IrisClassifier, split: Split) -> dict:
    """Accuracy and mean loss on the held-out rows; fails where one is not finite."""
    measurements, targets = split.held_out.tensors
    logits = model(measurements)
    metrics = {
        "accuracy": share(logits.argmax(dim=1) == targets),
        "loss": mean_loss(logits, targets),
        "trainRows": len(split.train),
        "heldOutRows": len(split.held_out),
    }
    for name, value in metrics.items():
        if not math.isfinite(value):
            message = f"The metric {name} is {value} on the {len(targets)} held-out rows."
            raise JobFailure("MetricNotFinite", message, "Lower learningRate, and look for extreme values in the data.")
    return metrics


def compare(job: Job, model: IrisClassifier, split: Split) -> tuple[dict, dict]:
    """Metrics of the champion beside the model, and what to add to the outputs: why there are none, if so."""
    if job.baseline is None:
        return {}, {}
    job.report(f"Evaluating the champion {job.baseline}.", 1.0)
    try:
        return champion_metrics(load_champion(job.lake, job.baseline), model, split), {}
    except BaselineProblem as problem:
        job.report(str(problem), 1.0)
        return {}, {"baselineProblem": str(problem)}


@torch.no_grad()
def champion_metrics(champion: Champion, model: IrisClassifier, split: Split) -> dict:
    """The champion's accuracy and loss on the held-out rows, and the share of them that the model labels otherwise."""
    measurements, targets = split.held_out.tensors
    logits = champion.logits(split.held_out_table)
    # Its classes may be others, or in another order; -1 is one that these rows do not have.
    own_index = [split.classes.index(name) if name in split.classes else -1 for name in champion.classes]
    labels = torch.tensor(own_index)[logits.argmax(dim=1)]
    metrics = {
        "champion.accuracy": share(labels == targets),
        "changedPredictions": share(labels != model(measurements).argmax(dim=1)),
    }
    if sorted(champion.classes) == split.classes:
        in_own_order = logits[:, [champion.classes.index(name) for name in split.classes]]
        metrics["champion.loss"] = mean_loss(in_own_order, targets)
    return metrics


def share(found: Tensor) -> float:
    """The share of rows [rows] that are true."""
    return found.double().mean().item()


def mean_loss(logits: Tensor, targets: Tensor) -> float:
    """The mean loss of logits [rows, classes]; in 64 bits, where it is finite for all logits that are."""
    return cross_entropy(logits.double(), targets).item()


def write_model(job: Job, parameters: Parameters, model: IrisClassifier, split: Split, metrics: dict) -> None:
    """Writes the model version; metrics.json comes last and says that it is complete."""
    job.report(f"Writing {job.output}.", 1.0)
    scripted = torch.jit.script(model)
    documents = {
        "model.json": describe(job, parameters, model, split.classes),
        "golden.json": golden(scripted, split),
        "metrics.json": metrics,
    }
    files = {"weights.pt": to_bytes(model.state_dict()), "model.ts.pt": script_bytes(scripted)}
    files["model.py"] = Path(__file__).with_name("model.py").read_bytes()
    files |= {name: json.dumps(document, indent=2).encode() for name, document in documents.items()}
    for name, data in files.items():
        job.lake.write(f"{job.output}/{name}", data)


def describe(job: Job, parameters: Parameters, model: IrisClassifier, classes: list[str]) -> dict:
    """model.json: what a reader needs to call the model or to load its weights."""
    return {
        "pipeline": job.pipeline,
        "version": job.output.rpartition("/")[2],
        "features": FEATURES,
        "classes": classes,
        "hidden": parameters.hidden,
        "initialWeights": job.initial_weights,
        "framework": f"torch {torch.__version__}",
        "scaling": {"mean": model.mean.tolist(), "std": model.std.tolist()},
    }


@torch.no_grad()
def golden(scripted: torch.jit.ScriptModule, split: Split) -> dict:
    """golden.json: a request of one held-out row for each class, and one of all of these, with their answers."""
    measurements, targets = split.held_out.tensors
    # Rounded, for floats of 32 bits look odd as JSON: 0.2 would be 0.20000000298023224.
    rows = [[round(value, 4) for value in row] for row in measurements.tolist()]
    chosen = [rows[int(torch.nonzero(targets == index)[0])] for index in range(len(split.classes))]
    batches = [*[[row] for row in chosen], chosen]
    return {
        "requests": [{"instances": batch} for batch in batches],
        "responses": [{"predictions": predictions(scripted(torch.tensor(batch)), split.classes)} for batch in batches],
        "tolerance": GOLDEN_TOLERANCE,
    }


def script_bytes(scripted: torch.jit.ScriptModule) -> bytes:
    """The model as TorchScript."""
    buffer = io.BytesIO()
    torch.jit.save(scripted, buffer)
    return buffer.getvalue()
