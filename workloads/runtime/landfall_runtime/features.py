"""Columns as the model reads them: values of any kind as a tensor of 32-bit numbers, one column each.

Numbers are themselves, booleans 1 and 0, dates days since 1970-01-01, and a category is the index of its value in the
vocabulary. A missing value is NaN, a category that the vocabulary lacks is UNKNOWN.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import torch
from torch import Tensor

from landfall_runtime.schema import Schema

UNKNOWN = -1.0
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Feature:
    """A column that the model reads; the vocabulary lists a category's values in the order of their indexes."""

    name: str
    kind: str = "number"
    nullable: bool = False
    vocabulary: list[str] | None = None


def learn_features(
    schema: Schema, columns: Mapping[str, Iterable], known: Mapping[str, list[str]] | None = None
) -> list[Feature]:
    """The features of a schema, each category with the values of these rows, or with those that are known of it."""
    return [
        Feature(it.name, it.kind, it.nullable, learn_vocabulary(columns[it.name], (known or {}).get(it.name)))
        if it.kind == "category"
        else Feature(it.name, it.kind, it.nullable)
        for it in schema.features
    ]


def learn_vocabulary(values: Iterable, known: list[str] | None) -> list[str]:
    """The values that there are, sorted."""
    return known or sorted({value for value in values if value is not None})


def encode(features: Sequence[Feature], columns: Mapping[str, Sequence]) -> Tensor:
    """Rows as the model reads them [rows, features], from the columns' values by name."""
    encoded = [encode_column(feature, columns[feature.name]) for feature in features]
    return torch.tensor(encoded, dtype=torch.float32).T.contiguous()


def encode_column(feature: Feature, values: Sequence) -> list[float]:
    """A column's values as numbers [rows]."""
    indexes = {value: float(index) for index, value in enumerate(feature.vocabulary or [])}
    return [encode_value(feature, value, indexes) for value in values]


def encode_value(feature: Feature, value: Any, indexes: Mapping[str, float]) -> float:
    """One value as a number; `indexes` is the vocabulary of a category."""
    if value is None:
        return float("nan")
    if feature.kind == "category":
        return indexes.get(value, UNKNOWN)
    if feature.kind == "date":
        return float(((date.fromisoformat(value[:10]) if isinstance(value, str) else value) - EPOCH).days)
    if isinstance(value, str):
        raise ValueError(f"{feature.name} must be a number, not {value!r:.50}")
    return float(value)


def plain(value: Any) -> Any:
    """A value as JSON has it: a date as text."""
    return value.isoformat() if isinstance(value, date) else value


def describe_features(features: Sequence[Feature]) -> list[dict]:
    """The features as model.json has them."""
    return [{key: value for key, value in asdict(feature).items() if value is not None} for feature in features]


def read_features(about: Any) -> list[Feature]:
    """The features in model.json; where it has only names, as older ones do, they are numbers."""
    names = read_names(about, "features")
    columns = {column["name"]: Feature(**column) for column in about.get("columns", [])}
    return [columns.get(name, Feature(name)) for name in names]


def read_names(about: Any, key: str) -> list[str]:
    """A list of names in model.json."""
    found = about.get(key) if isinstance(about, dict) else None
    if not isinstance(found, list) or not found or not all(isinstance(name, str) for name in found):
        raise ValueError(f"{key} in model.json must be a list of names, not {found!r:.80}")
    return found
