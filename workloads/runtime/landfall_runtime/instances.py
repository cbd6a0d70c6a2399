"""The rows of a request in KServe's protocol V1, checked: whatever is wrong with them is told, and is a ValueError."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import torch
from torch import Tensor

from landfall_runtime.features import Feature, encode

LARGEST = torch.finfo(torch.float32).max
VALUES_NAMED = 20


def read_instances(payload: Any, features: Sequence[Feature], example: str) -> Tensor:
    """The encoded rows [rows, features] of a V1 body; `example` is an instance to show whoever sends none."""
    instances = payload.get("instances") if isinstance(payload, Mapping) else None
    if not isinstance(instances, list) or not instances:
        raise ValueError(f'The body must be JSON like {{"instances": [{example}]}}, with one instance or more.')
    rows = [read_instance(instance, features, f"instances[{index}]") for index, instance in enumerate(instances)]
    columns = {feature.name: [row[place] for row in rows] for place, feature in enumerate(features)}
    return encode(features, columns)


def read_instance(instance: Any, features: Sequence[Feature], place: str) -> list:
    """One row: a list of values in the features' order, or an object by their names."""
    names = [feature.name for feature in features]
    if isinstance(instance, Mapping):
        instance = read_object(instance, features, place)
    what = "numbers" if all(feature.kind == "number" for feature in features) else "values"
    if not isinstance(instance, list):
        raise ValueError(f"{place} must be a list of {len(names)} {what} or an object, not {instance!r:.50}.")
    if len(instance) != len(names):
        raise ValueError(f"{place} must have {len(names)} {what} ({', '.join(names)}); it has {len(instance)}.")
    for feature, value in zip(features, instance, strict=True):
        problem = value_problem(feature, value)
        if problem:
            raise ValueError(f"{place}: {problem}.")
    return instance


def read_object(instance: Mapping, features: Sequence[Feature], place: str) -> list:
    """An object's values in the features' order; what may be missing may be left out."""
    names = [feature.name for feature in features]
    optional = [feature.name for feature in features if feature.nullable]
    if not set(names) - set(optional) <= set(instance) <= set(names):
        left_out = f" ({', '.join(optional)} may be left out)" if optional else ""
        raise ValueError(
            f"{place} must have exactly {', '.join(names)}{left_out}; it has {', '.join(instance) or 'nothing'}."
        )
    return [instance.get(name) for name in names]


def value_problem(feature: Feature, value: Any) -> str | None:
    """What is wrong with a value, in words; None if nothing is."""
    if value is None and feature.nullable:
        return None
    if feature.kind == "category":
        return category_problem(feature, value)
    if feature.kind == "boolean":
        return None if isinstance(value, bool) else f"{feature.name} must be true or false, not {value!r:.50}"
    if feature.kind == "date":
        return None if is_date(value) else f"{feature.name} must be a date such as '2026-11-24', not {value!r:.50}"
    return number_problem(feature, value)


def category_problem(feature: Feature, value: Any) -> str | None:
    """A category must be a value that the training rows had."""
    vocabulary = feature.vocabulary or []
    if isinstance(value, str) and value in vocabulary:
        return None
    named = ", ".join(vocabulary[:VALUES_NAMED]) + (", …" if len(vocabulary) > VALUES_NAMED else "")
    return f"{feature.name} must be one of {named}, not {value!r:.50}"


def number_problem(feature: Feature, value: Any) -> str | None:
    """A number must be finite as the model has it; in Python True is a number too, and None here is none."""
    is_whole = feature.kind == "integer"
    what = "a whole number" if is_whole else "a number"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{feature.name} must be {what}, not {value!r:.50}"
    if not math.isfinite(value) or abs(value) > LARGEST:
        return f"the values must be finite 32-bit numbers, and {feature.name} is {value!r:.50}"
    return f"{feature.name} must be {what}, not {value!r:.50}" if is_whole and value != int(value) else None


def is_date(value: Any) -> bool:
    """Whether a value is the text of a day, perhaps with a time behind it."""
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value[:10]))
    except ValueError:
        return False
