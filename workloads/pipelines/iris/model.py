"""The classifier. It knows no files, no jobs and no ranks, so it is trained, exported and tested the same way."""

import torch
from torch import Tensor, nn


class IrisClassifier(nn.Module):
    """A small perceptron over raw measurements: the scaling is part of the module, so that no caller can forget it."""

    def __init__(self, features: int, hidden: int, classes: int):
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("std", torch.ones(features))
        self.layers = nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Linear(hidden, classes))

    def scale_to(self, measurements: Tensor) -> None:
        """Takes mean and spread from training rows of shape [rows, features]."""
        self.mean.copy_(measurements.mean(dim=0))
        # A feature that never varies must not divide by zero.
        self.std.copy_(measurements.std(dim=0).clamp_min(1e-6))

    def forward(self, measurements: Tensor) -> Tensor:
        """Logits [rows, classes] of raw measurements [rows, features]."""
        return self.layers((measurements - self.mean) / self.std)
