"""Pipeline parameters: `name=value` strings become the fields of a dataclass."""

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import TypeVar

from landfall_runtime.failure import JobFailure

T = TypeVar("T")

BOOLEANS = {"true": True, "false": False}


def read_parameters(kind: type[T], given: Mapping[str, str]) -> T:
    """Fills the dataclass `kind`: `learningRate` is the field `learning_rate`, and defaults fill the rest."""
    known = {camel_case(field.name): field for field in fields(kind)}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise JobFailure(
            "UnknownParameter", f"Unknown parameter: {', '.join(unknown)}.", f"Known are: {', '.join(known)}."
        )
    return kind(**{known[name].name: convert(name, value, known[name].type) for name, value in given.items()})


def convert(name: str, value: str, kind: type) -> object:
    """One value as int, float, bool or str."""
    try:
        return BOOLEANS[value.lower()] if kind is bool else kind(value)
    except (ValueError, KeyError):
        message = f"Parameter {name} must be of type {kind.__name__}, not {value!r}."
        raise JobFailure("BadParameter", message, "Correct the parameters of this stage in pipeline.yaml.") from None


def camel_case(name: str) -> str:
    """`batch_size` as `batchSize`, which is how pipeline.yaml spells it."""
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)
