"""What the rows of a pipeline are like: the columns of its files, and which of them is predicted.

Needs no other package, since jobs of every kind read it. A pipeline declares its own in `schema.py`:

    SCHEMA = Schema(
        columns=[Number("weight", above=0), Category("colour", nullable=True), Category("species")],
        target="species",
    )
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from landfall_runtime.failure import JobFailure

# What the process stage calls its own columns beside those of the data.
RESERVED = ("block", "cells", "failures", "file", "header", "line", "problem", "row", "serial")


@dataclass(frozen=True)
class Column:
    """A column of the files; `nullable` says whether a row may lack its value."""

    kind: ClassVar[str]
    name: str
    nullable: bool = False


@dataclass(frozen=True)
class Number(Column):
    """Decimal numbers, as double; `above` is a limit that each must exceed."""

    kind = "number"
    above: float | None = None


@dataclass(frozen=True)
class Integer(Column):
    """Whole numbers of up to 64 bits; `above` is a limit that each must exceed."""

    kind = "integer"
    above: float | None = None


@dataclass(frozen=True)
class Boolean(Column):
    """true or false, also written as yes and no, y and n, t and f, 1 and 0."""

    kind = "boolean"


@dataclass(frozen=True)
class Category(Column):
    """Text that stands for one of some values; `values` says which, None that all are welcome."""

    kind = "category"
    values: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Date(Column):
    """Days as 2026-11-24; of a timestamp only the day is kept."""

    kind = "date"


@dataclass(frozen=True)
class Schema:
    """The columns of a pipeline's files; `ignored` ones may be there and are not read.

    A target of kind category makes the model a classifier, a number makes it a regression.
    """

    columns: list[Column]
    target: str
    ignored: list[str] = field(default_factory=list)
    delimiter: str = ","
    # Texts that stand for a missing value, as no text at all does.
    missing: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        problem = find_problem(self)
        if problem:
            raise JobFailure("BadSchema", problem, "Correct SCHEMA in the pipeline's schema.py.")

    @property
    def names(self) -> list[str]:
        """The columns' names, in order."""
        return [column.name for column in self.columns]

    @property
    def target_column(self) -> Column:
        """The column that is predicted."""
        return next(column for column in self.columns if column.name == self.target)

    @property
    def features(self) -> list[Column]:
        """The columns that the model reads, in order."""
        return [column for column in self.columns if column.name != self.target]


def find_problem(schema: Schema) -> str | None:
    """The first thing that is wrong with a schema, in a sentence."""
    names = [*schema.names, *schema.ignored]
    # Spark does not tell Age from age.
    repeated = [name for name, count in Counter(name.casefold() for name in names).items() if count > 1]
    reserved = [name for name in schema.names if name.casefold() in RESERVED]
    if repeated:
        return f"The schema has the column {repeated[0]} twice."
    if reserved:
        return f"The process stage needs the name {reserved[0]} for itself; the column must have another."
    if schema.target not in schema.names:
        return f"The schema has no column {schema.target}, which is its target."
    if not schema.features:
        return "The schema has no column beside its target."
    if schema.target_column.nullable:
        return f"The target {schema.target} must not be nullable: nothing is learned from a row without it."
    if schema.target_column.kind not in ("category", "number", "integer"):
        return f"The target {schema.target} must be a category or a number, not of kind {schema.target_column.kind}."
    return None
