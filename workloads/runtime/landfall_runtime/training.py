"""The train stage of a pipeline whose model reads rows of a table: DistributedDataParallel, checkpoints, evaluation.

A pipeline's train.py says what is its own: the schema, the parameters with their defaults, and the model to begin with.
"""

import json
import math
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

from landfall_runtime.baseline import BaselineProblem, load_champion
from landfall_runtime.checkpoint import load_checkpoint, save_checkpoint
from landfall_runtime.distributed import Group, process_group
from landfall_runtime.failure import JobFailure
from landfall_runtime.features import read_features
from landfall_runtime.job import Job
from landfall_runtime.model_files import script, write_model
from landfall_runtime.schema import Schema
from landfall_runtime.split import Split, split_rows
from landfall_runtime.tables import read_parquet
from landfall_runtime.targets import Classes, Target, read_target
from landfall_runtime.weights import bad_weights, load_weights


@dataclass(frozen=True)
class TrainingParameters:
    """The parameters that every train stage has; a pipeline's own are a subclass with its defaults."""

    epochs: int = 60
    # Rows of one step of each replica.
    batch_size: int = 32
    learning_rate: float = 0.01
    weight_decay: float = 0.01
    seed: int = 7
    held_out_fraction: float = 0.2
    # In epochs.
    checkpoint_every: int = 5


P = TypeVar("P", bound=TrainingParameters)


def train(
    job: Job,
    schema: Schema,
    parameters: P,
    new_model: Callable[[Split, P], nn.Module],
    describe: Callable[[nn.Module], dict] = lambda _: {},
) -> dict:
    """Trains, evaluates on the held-out rows, there with the champion, and writes the model.

    `new_model` makes the model that the training begins with: from encoded rows [rows, features] to answers [rows,
    outputs] of the split's target. `describe` adds to model.json.
    """
    check_epochs(job, parameters)
    job.report("Reading the training data.", 0.0)
    split = read_split(job, schema, parameters)
    with process_group(os.environ) as group:
        model = begin(job, parameters, split, new_model).to(group.device)
        fit(job, parameters, group, model, split.train, split.target)
        model = model.cpu().eval()
        metrics = evaluate(model, split) | {"epochs": parameters.epochs, "worldSize": group.world_size}
        outputs = {"model": job.output}
        if group.is_first:
            comparison, problem = compare(job, model, split)
            metrics |= comparison
            outputs |= problem
            write_model(job, model, split, metrics, asdict(parameters), describe(model))
    return {"outputs": outputs, "metrics": metrics}


def check_epochs(job: Job, parameters: TrainingParameters) -> None:
    """Refuses to pass an untrained model on; no epochs at all are right for weights that are trained already."""
    least = 0 if job.initial_weights else 1
    if parameters.epochs < least:
        message = f"Parameter epochs must be at least {least}, not {parameters.epochs}."
        raise JobFailure("BadParameter", message, "Only with initial weights 0 has a meaning: to evaluate them.")


def read_split(job: Job, schema: Schema, parameters: TrainingParameters) -> Split:
    """The batch, split; with initial weights, categories keep the indexes that those weights know them by."""
    about = read_origin(job)
    known = {it.name: it.vocabulary for it in read_features(about) if it.vocabulary} if about else {}
    table = read_parquet(job.lake, job.input)
    split = split_rows(table, schema, parameters.held_out_fraction, parameters.seed, known)
    target = read_target(about) if about else split.target
    if isinstance(target, Classes) and isinstance(split.target, Classes) and target.names != split.target.names:
        problem = f"its classes are {', '.join(target.names)}, those of the data {', '.join(split.target.names)}"
        raise bad_weights(job.initial_weights, problem)
    return split


def read_origin(job: Job) -> dict | None:
    """model.json beside the initial weights; None where there is none, as for weights from elsewhere."""
    if job.initial_weights is None:
        return None
    try:
        return json.loads(job.lake.read(f"{job.initial_weights.rpartition('/')[0]}/model.json"))
    except (FileNotFoundError, ValueError):
        return None


def begin(job: Job, parameters: P, split: Split, new_model: Callable[[Split, P], nn.Module]) -> nn.Module:
    """The model that the training begins with, the same on every rank."""
    torch.manual_seed(parameters.seed)
    model = new_model(split, parameters)
    if job.initial_weights:
        # They bring their own scaling, which they are tuned to.
        load_weights(job.lake, job.initial_weights, model)
    # What cannot be written in the end should fail before hours of training, not after.
    script(model)
    return model


def fit(
    job: Job, parameters: TrainingParameters, group: Group, model: nn.Module, rows: TensorDataset, target: Target
) -> None:
    """Trains in place, from the run's last checkpoint if there is one."""
    replica = DistributedDataParallel(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=parameters.learning_rate, weight_decay=parameters.weight_decay)
    sampler = DistributedSampler(rows, group.world_size, group.rank, seed=parameters.seed)
    loader = DataLoader(rows, batch_size=parameters.batch_size, sampler=sampler)

    place = f"{job.stage_folder}/checkpoint.pt"
    for epoch in range(resume(job, place, parameters, model, optimizer), parameters.epochs):
        sampler.set_epoch(epoch)
        # What chance decides, such as dropout, follows from seed and epoch: a training that resumes ends as any other.
        torch.manual_seed(parameters.seed + epoch)
        loss = train_epoch(replica, optimizer, loader, group.device, target.loss)
        done = epoch + 1
        if not math.isfinite(loss):
            raise JobFailure("Diverged", f"The loss is {loss} in epoch {done}.", "Lower learningRate.")
        job.report(f"Epoch {done} of {parameters.epochs}, loss {loss:.4f}.", done / parameters.epochs)
        if group.is_first and (done % parameters.checkpoint_every == 0 or done == parameters.epochs):
            save_checkpoint(job.lake, place, checkpoint(job, done, parameters, model, optimizer))


def train_epoch(
    replica: DistributedDataParallel,
    optimizer: torch.optim.Optimizer,
    loader: DataLoader,
    device: torch.device,
    loss_of: Callable[[Tensor, Tensor], Tensor],
) -> float:
    """One pass over this rank's rows; returns the mean loss over them."""
    total = 0.0
    for rows, targets in loader:
        loss = loss_of(replica(rows.to(device)), targets.to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)


def checkpoint(
    job: Job, epoch: int, parameters: TrainingParameters, model: nn.Module, optimizer: torch.optim.Optimizer
) -> dict:
    """All that it takes to go on after `epoch` epochs; the shuffling follows from seed and epoch alone."""
    return {
        "epoch": epoch,
        "training": training(job, parameters),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
    }


def training(job: Job, parameters: TrainingParameters) -> dict:
    """What a training follows from: only a checkpoint of the same one can be taken up."""
    return {"input": job.input, "parameters": asdict(parameters), "initialWeights": job.initial_weights}


def resume(
    job: Job, place: str, parameters: TrainingParameters, model: nn.Module, optimizer: torch.optim.Optimizer
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
def evaluate(model: nn.Module, split: Split) -> dict:
    """The target's metrics on the held-out rows; fails where one is not finite."""
    rows, targets = split.held_out.tensors
    metrics = split.target.metrics(model(rows), targets) | {
        "trainRows": len(split.train),
        "heldOutRows": len(split.held_out),
    }
    for name, value in metrics.items():
        if not math.isfinite(value):
            message = f"The metric {name} is {value} on the {len(targets)} held-out rows."
            raise JobFailure("MetricNotFinite", message, "Lower learningRate, and look for extreme values in the data.")
    return metrics


@torch.no_grad()
def compare(job: Job, model: nn.Module, split: Split) -> tuple[dict, dict]:
    """Metrics of the champion beside the model, and what to add to the outputs: why there are none, if so."""
    if job.baseline is None:
        return {}, {}
    job.report(f"Evaluating the champion {job.baseline}.", 1.0)
    rows, targets = split.held_out.tensors
    try:
        champion = load_champion(job.lake, job.baseline, split.target.kind)
        theirs = champion.answers(split.held_out_table)
    except BaselineProblem as problem:
        job.report(str(problem), 1.0)
        return {}, {"baselineProblem": str(problem)}
    return split.target.compare(champion.target, theirs, model(rows), targets), {}
