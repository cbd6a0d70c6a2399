"""Training and held-out rows of a table: the same rows give the same split, in whatever order they come."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow
import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from landfall_runtime.failure import JobFailure
from landfall_runtime.features import Feature, encode, learn_features
from landfall_runtime.schema import Schema
from landfall_runtime.targets import Classes, Target, learn_classes, learn_quantity


@dataclass(frozen=True)
class Split:
    """Rows as TensorDatasets of encoded features [rows, features] and targets [rows], and what was learned of them."""

    features: list[Feature]
    target: Target
    train: TensorDataset
    held_out: TensorDataset
    # The held-out rows again, with all their columns: a champion may read others than this pipeline does.
    held_out_table: pyarrow.Table


def split_rows(
    table: pyarrow.Table,
    schema: Schema,
    held_out_fraction: float,
    seed: int,
    known: Mapping[str, list[str]] | None = None,
) -> Split:
    """Sets a fraction of the rows aside, of each class the same; `known` has vocabularies that are given."""
    table = table.sort_by([(it.name, "ascending") for it in [*schema.features, schema.target_column]])
    values = table[schema.target].to_pylist()
    generator = torch.Generator().manual_seed(seed)
    if schema.target_column.kind == "category":
        classes = learn_classes(values)
        train, held_out = split_by_class(classes, classes.encode(values), held_out_fraction, generator)
    else:
        train, held_out = split_at_random(torch.arange(len(values)), held_out_fraction, generator, "The batch")
    train_table, held_out_table = table.take(train.numpy()), table.take(held_out.numpy())
    target = classes if schema.target_column.kind == "category" else learn_quantity(columns(train_table)[schema.target])
    features = learn_features(schema, columns(train_table), known)
    return Split(
        features,
        target,
        train=to_tensors(train_table, features, target, schema.target),
        held_out=to_tensors(held_out_table, features, target, schema.target),
        held_out_table=held_out_table,
    )


def split_by_class(
    classes: Classes, indexes: Tensor, fraction: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Places of training and of held-out rows, the same fraction of each class [rows]."""
    parts = [
        split_at_random(torch.nonzero(indexes == index).flatten(), fraction, generator, f"Class {name}")
        for index, name in enumerate(classes.names)
    ]
    kept, aside = zip(*parts, strict=True)
    return torch.cat(kept), torch.cat(aside)


def split_at_random(rows: Tensor, fraction: float, generator: torch.Generator, what: str) -> tuple[Tensor, Tensor]:
    """Some of the places for training, and a fraction of them, but at least one, to hold out."""
    rows = rows[torch.randperm(len(rows), generator=generator)]
    count = max(1, round(len(rows) * fraction))
    if len(rows) <= count:
        raise JobFailure("NotEnoughRows", f"{what} has {len(rows)} rows, too few to split.", "Drop more data.")
    return rows[count:], rows[:count]


def columns(table: pyarrow.Table) -> dict[str, list]:
    """The table's values by column."""
    return table.to_pydict()


def to_tensors(table: pyarrow.Table, features: list[Feature], target: Target, name: str) -> TensorDataset:
    """The table's rows as the model reads them, and what it is to answer."""
    values = columns(table)
    return TensorDataset(encode(features, values), target.encode(values[name]))
