"""Trains the model with DistributedDataParallel and writes a model version into the lake.

What every training does (reading, splitting, checkpoints, the champion on the same held-out rows, the files of the
model version) is landfall_runtime.training; here is what is this pipeline's own.
"""

from dataclasses import dataclass

from landfall_runtime.job import Job
from landfall_runtime.parameters import read_parameters
from landfall_runtime.split import Split
from landfall_runtime.training import TrainingParameters, train
from model import Network
from schema import SCHEMA


@dataclass(frozen=True)
class Parameters(TrainingParameters):
    """The parameters of the train stage; pipeline.yaml, or whoever starts a run, gives others."""

    epochs: int = 60
    batch_size: int = 32
    learning_rate: float = 0.01
    weight_decay: float = 0.01
    hidden: int = 32
    # The share of hidden units that a training step leaves out.
    dropout: float = 0.2


def main(job: Job) -> dict:
    """Trains, evaluates on the held-out rows, there with the champion, and writes the model."""
    return train(job, SCHEMA, read_parameters(Parameters, job.params), new_model)


def new_model(split: Split, parameters: Parameters) -> Network:
    """The model that the training begins with; it has learned of the training rows [rows, features] what is usual."""
    model = Network(split.features, parameters.hidden, parameters.dropout, split.target)
    model.table.learn(split.train.tensors[0])
    return model
