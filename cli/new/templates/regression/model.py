"""The regression. It knows no files, no jobs and no ranks, so it is trained, exported and tested the same way."""

import torch
from landfall_runtime.features import Feature
from landfall_runtime.table_input import TableInput
from torch import Tensor, nn


class Network(nn.Module):
    """A small perceptron over encoded rows; what it learned of its input is part of it, so no caller can forget it.

    `mean` and `spread` are those of the target in the training rows, in its own unit.
    """

    def __init__(self, features: list[Feature], hidden: int, dropout: float, mean: float, spread: float):
        super().__init__()
        self.table = TableInput(features)
        self.layers = nn.Sequential(
            nn.Linear(self.table.width, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, 1)
        )
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("spread", torch.tensor(spread))

    def forward(self, rows: Tensor) -> Tensor:
        """Predictions [rows, 1], in the target's unit, of encoded rows [rows, features]."""
        return self.layers(self.table(rows)) * self.spread + self.mean
