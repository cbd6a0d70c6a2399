import math

import pytest
import torch
from landfall_runtime.failure import JobFailure
from landfall_runtime.targets import Classes, Quantity, learn_classes, learn_quantity, read_target


def test_logits_become_a_label_and_probabilities_that_sum_to_one():
    answer = Classes(["a", "b"]).tell(torch.tensor([[0.0, 2.0], [5.0, -5.0]]))
    assert [one["label"] for one in answer] == ["b", "a"]
    assert sum(answer[0]["probabilities"].values()) == pytest.approx(1)
    assert list(answer[0]["probabilities"]) == ["a", "b"]


def test_errors_of_a_regression_are_in_the_targets_own_unit():
    target, targets = Quantity(mean=10, spread=2), torch.tensor([8.0, 10.0, 12.0])
    answers = torch.tensor([[9.0], [10.0], [13.0]])
    metrics = target.metrics(answers, targets)
    assert metrics["rmse"] == pytest.approx(math.sqrt(2 / 3))
    assert metrics["mae"] == pytest.approx(2 / 3)
    assert metrics["r2"] == pytest.approx(1 - 2 / 8)
    assert target.loss(answers, targets).item() == pytest.approx(2 / 3 / 4)
    assert target.tell(answers) == [9.0, 10.0, 13.0]


def test_the_mean_of_the_rows_explains_nothing():
    targets = torch.tensor([1.0, 2.0, 3.0])
    assert Quantity().metrics(torch.full((3, 1), 2.0), targets)["r2"] == pytest.approx(0)


def test_a_regressions_champion_is_measured_on_the_same_rows():
    targets = torch.tensor([1.0, 3.0])
    compared = Quantity().compare(Quantity(), torch.tensor([[1.0], [1.0]]), torch.zeros(2, 1), targets)
    assert compared == {"champion.rmse": math.sqrt(2), "champion.mae": 1.0, "champion.r2": -1.0}


def test_targets_are_learned_of_values_and_go_through_model_json():
    assert learn_classes(["b", "a", "b"]) == Classes(["a", "b"])
    assert learn_quantity([1.0, 3.0]) == Quantity(2.0, math.sqrt(2))
    assert learn_quantity([5, 5]) == Quantity(5.0, 1.0)
    for target in (Classes(["a", "b"]), Quantity(2.0, 3.0)):
        assert read_target(target.describe()) == target
    assert read_target({"classes": ["a", "b"]}) == Classes(["a", "b"])


def test_one_class_is_nothing_to_learn():
    with pytest.raises(JobFailure, match=r"There are 1 classes: \['a'\]"):
        learn_classes(["a", "a"])
