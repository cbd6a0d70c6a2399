"""What a model learns to answer: one of several classes, or a number. Its target column's kind decides which."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, mse_loss

from landfall_runtime.failure import JobFailure
from landfall_runtime.features import read_names


@dataclass(frozen=True)
class Classes:
    """Classification: targets are class indexes [rows], answers are logits [rows, classes]."""

    kind: ClassVar[str] = "classification"
    names: list[str]

    @property
    def outputs(self) -> int:
        """How many numbers the model answers for a row."""
        return len(self.names)

    def encode(self, values: Sequence) -> Tensor:
        """Class indexes [rows] of the target column's values."""
        indexes = {name: index for index, name in enumerate(self.names)}
        return torch.tensor([indexes[value] for value in values])

    def loss(self, answers: Tensor, targets: Tensor) -> Tensor:
        """What training makes small: the mean cross entropy."""
        return cross_entropy(answers, targets)

    def metrics(self, answers: Tensor, targets: Tensor) -> dict[str, float]:
        """Accuracy and mean loss; in 64 bits, where the loss is finite for all logits that are."""
        return {
            "accuracy": share(answers.argmax(dim=1) == targets),
            "loss": self.loss(answers.double(), targets).item(),
        }

    def compare(self, champion: "Classes", theirs: Tensor, ours: Tensor, targets: Tensor) -> dict[str, float]:
        """Metrics of a champion's answers to the same rows, and the share of rows that it labels otherwise."""
        # Its classes may be others, or in another order; -1 is one that these rows do not have.
        own_index = [self.names.index(name) if name in self.names else -1 for name in champion.names]
        labels = torch.tensor(own_index)[theirs.argmax(dim=1)]
        metrics = {
            "champion.accuracy": share(labels == targets),
            "changedPredictions": share(labels != ours.argmax(dim=1)),
        }
        if sorted(champion.names) == sorted(self.names):
            in_own_order = theirs[:, [champion.names.index(name) for name in self.names]]
            metrics["champion.loss"] = self.loss(in_own_order.double(), targets).item()
        return metrics

    def tell(self, answers: Tensor) -> list[dict]:
        """Logits as answers to people: `{label, probabilities: {class: probability}}`, one for each row."""
        return [
            {
                "label": self.names[max(range(len(row)), key=row.__getitem__)],
                "probabilities": dict(zip(self.names, row, strict=True)),
            }
            for row in torch.softmax(answers, dim=1).tolist()
        ]

    def describe(self) -> dict:
        """The target as model.json has it."""
        return {"task": self.kind, "classes": self.names}


@dataclass(frozen=True)
class Quantity:
    """Regression: targets are numbers [rows], answers are numbers [rows, 1], both in the target's own unit."""

    kind: ClassVar[str] = "regression"
    outputs: ClassVar[int] = 1
    # Of the training rows, in the target's unit: a model begins with the mean, and its loss is measured in spreads.
    mean: float = 0.0
    spread: float = 1.0

    def encode(self, values: Sequence) -> Tensor:
        """Numbers [rows] of the target column's values."""
        return torch.tensor(values, dtype=torch.float32)

    def loss(self, answers: Tensor, targets: Tensor) -> Tensor:
        """What training makes small: the mean squared error, in spreads."""
        return mse_loss(answers[:, 0] / self.spread, targets / self.spread)

    def metrics(self, answers: Tensor, targets: Tensor) -> dict[str, float]:
        """Root mean squared and mean absolute error, in the target's unit, and the share of variance explained."""
        errors = answers[:, 0].double() - targets.double()
        variance = (targets.double() - targets.double().mean()).square().mean()
        return {
            "rmse": errors.square().mean().sqrt().item(),
            "mae": errors.abs().mean().item(),
            "r2": 1 - (errors.square().mean() / variance.clamp_min(1e-12)).item(),
        }

    def compare(self, _champion: "Quantity", theirs: Tensor, _ours: Tensor, targets: Tensor) -> dict[str, float]:
        """Metrics of a champion's answers to the same rows."""
        return {f"champion.{name}": value for name, value in self.metrics(theirs, targets).items()}

    def tell(self, answers: Tensor) -> list[float]:
        """Answers to people: plain numbers."""
        return answers[:, 0].tolist()

    def describe(self) -> dict:
        """The target as model.json has it."""
        return {"task": self.kind, "mean": self.mean, "spread": self.spread}


Target = Classes | Quantity


def learn_classes(values: Sequence) -> Classes:
    """The classes that a target column has, sorted."""
    names = sorted(set(values))
    if len(names) < 2:
        raise JobFailure("NotEnoughRows", f"There are {len(names)} classes: {names}.", "Drop data of at least two.")
    return Classes(names)


def learn_quantity(values: Sequence) -> Quantity:
    """Mean and spread of a target column's training values."""
    found = torch.tensor(values, dtype=torch.float64)
    spread = found.std().item() if len(found) > 1 else 0.0
    return Quantity(found.mean().item(), spread if spread > 1e-9 else 1.0)


def read_target(about: Any) -> Target:
    """The target in model.json; one that does not say its task is a classification, as older ones are."""
    if isinstance(about, dict) and about.get("task") == Quantity.kind:
        return Quantity(about.get("mean", 0.0), about.get("spread", 1.0))
    return Classes(read_names(about, "classes"))


def share(found: Tensor) -> float:
    """The share of rows [rows] that are true."""
    return found.double().mean().item()
