from dataclasses import dataclass

import pytest
from landfall_runtime.failure import JobFailure
from landfall_runtime.parameters import read_parameters


@dataclass(frozen=True)
class Parameters:
    epochs: int = 1
    learning_rate: float = 0.5
    is_quick: bool = False
    name: str = "x"


def test_strings_become_the_fields_types_and_defaults_fill_the_rest():
    given = {"epochs": "3", "learningRate": "1e-2", "isQuick": "true"}
    assert read_parameters(Parameters, given) == Parameters(epochs=3, learning_rate=0.01, is_quick=True, name="x")


def test_an_unknown_parameter_is_named_with_those_that_are_known():
    with pytest.raises(JobFailure) as caught:
        read_parameters(Parameters, {"learning_rate": "1", "epoch": "2"})
    assert caught.value.message == "Unknown parameter: epoch, learning_rate."
    assert caught.value.hint == "Known are: epochs, learningRate, isQuick, name."


@pytest.mark.parametrize(("name", "value", "kind"), [("epochs", "2.5", "int"), ("isQuick", "yes", "bool")])
def test_a_value_of_another_type_is_refused(name: str, value: str, kind: str):
    with pytest.raises(JobFailure, match=f"{name} must be of type {kind}, not '{value}'"):
        read_parameters(Parameters, {name: value})
