"""The regression. It knows no files, no jobs and no ranks, so it is trained, exported and tested the same way."""

import torch
from landfall_runtime.features import Feature
from landfall_runtime.table_input import TableInput
from landfall_runtime.targets import Quantity
from torch import Tensor, nn


class Network(nn.Module):
    """A small perceptron over encoded rows; what it learned of rows and target is part of it."""

    def __init__(self, features: list[Feature], hidden: int, dropout: float, target: Quantity):
        super().__init__()
        self.table = TableInput(features)
        self.layers = nn.Sequential(
            nn.Linear(self.table.width, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, 1)
        )
        # Of the training rows, in the target's unit: the model begins with the mean and errs in spreads.
        self.register_buffer("mean", torch.tensor(target.mean))
        self.register_buffer("spread", torch.tensor(target.spread))

    def forward(self, rows: Tensor) -> Tensor:
        """Predictions [rows, 1], in the target's unit, of encoded rows [rows, features]."""
        return self.layers(self.table(rows)) * self.spread + self.mean
