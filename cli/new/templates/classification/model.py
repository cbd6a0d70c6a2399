"""The classifier. It knows no files, no jobs and no ranks, so it is trained, exported and tested the same way."""

from landfall_runtime.features import Feature
from landfall_runtime.table_input import TableInput
from landfall_runtime.targets import Classes
from torch import Tensor, nn


class Network(nn.Module):
    """A small perceptron over encoded rows; what it learned of its input is part of it, so no caller can forget it."""

    def __init__(self, features: list[Feature], hidden: int, dropout: float, target: Classes):
        super().__init__()
        self.table = TableInput(features)
        self.layers = nn.Sequential(
            nn.Linear(self.table.width, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, target.outputs)
        )

    def forward(self, rows: Tensor) -> Tensor:
        """Logits [rows, classes] of encoded rows [rows, features]."""
        return self.layers(self.table(rows))
