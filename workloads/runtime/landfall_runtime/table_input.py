"""The first layer of a model of tables: what it learned of the training rows travels with the weights."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from landfall_runtime.features import Feature

DAYS_OF_YEAR = 365.2425


class TableInput(nn.Module):
    """Turns encoded rows [rows, features] (see features.py) into numbers of like size [rows, width].

    Missing values become what is usual in the training rows (a number's median, a category's most frequent value);
    numbers are scaled to mean 0 and spread 1; a category becomes one column per value of its vocabulary, all zero for a
    value that it lacks; a date becomes its place in the year, as sine and cosine.
    """

    # Places and sizes of vocabularies; declared, for of an empty list TorchScript could not tell the type.
    categories: list[tuple[int, int]]

    def __init__(self, features: list[Feature]):
        super().__init__()
        kinds = [feature.kind for feature in features]
        numbers = [place for place, kind in enumerate(kinds) if kind in ("number", "integer", "boolean")]
        dates = [place for place, kind in enumerate(kinds) if kind == "date"]
        self.categories = [
            (place, len(feature.vocabulary or []))
            for place, feature in enumerate(features)
            if feature.kind == "category"
        ]
        self.radians_per_day = 2 * math.pi / DAYS_OF_YEAR
        self.width = len(numbers) + 2 * len(dates) + sum(size for _, size in self.categories)
        self.register_buffer("number_places", torch.tensor(numbers, dtype=torch.long), persistent=False)
        self.register_buffer("date_places", torch.tensor(dates, dtype=torch.long), persistent=False)
        self.register_buffer("usual", torch.zeros(len(features)))
        self.register_buffer("mean", torch.zeros(len(numbers)))
        self.register_buffer("spread", torch.ones(len(numbers)))

    def learn(self, rows: Tensor) -> None:
        """Takes usual values, means and spreads from encoded training rows [rows, features]."""
        is_category = {place for place, _ in self.categories}
        for place, column in enumerate(rows.T):
            known = column[~column.isnan()]
            if len(known):
                self.usual[place] = known.mode().values if place in is_category else known.median()
        numbers = self.fill(rows)[:, self.number_places]
        self.mean.copy_(numbers.mean(dim=0))
        spread = numbers.std(dim=0, correction=0)
        # A number that never varied tells nothing; divided by next to nothing it would drown the others one day.
        self.spread.copy_(torch.where(spread > 1e-6, spread, torch.ones_like(spread)))

    def fill(self, rows: Tensor) -> Tensor:
        """The rows with usual values in place of those that are missing."""
        return torch.where(torch.isnan(rows), self.usual, rows)

    def forward(self, rows: Tensor) -> Tensor:
        """Scaled numbers, places in the year, and categories one by one [rows, width]."""
        rows = self.fill(rows)
        angles = rows[:, self.date_places] * self.radians_per_day
        parts = [(rows[:, self.number_places] - self.mean) / self.spread, torch.sin(angles), torch.cos(angles)]
        for place, size in self.categories:
            # Unknown is -1: one place further, and that place is dropped.
            parts.append(one_hot(rows[:, place].long() + 1, size + 1)[:, 1:].to(rows.dtype))
        return torch.cat(parts, dim=1)
