import math

import pytest
from landfall_runtime.features import Feature
from landfall_runtime.instances import read_instances

FEATURES = [
    Feature("size", "number", nullable=True),
    Feature("count", "integer"),
    Feature("fresh", "boolean"),
    Feature("day", "date"),
    Feature("colour", "category", vocabulary=["green", "red"]),
]
ROW = [1.5, 3, True, "1970-01-02", "red"]
NAMED = dict(zip([feature.name for feature in FEATURES], ROW, strict=True))


def test_lists_and_objects_in_any_order_are_read_alike():
    backwards = dict(reversed(NAMED.items()))
    rows = read_instances({"instances": [ROW, NAMED, backwards]}, FEATURES, "[]")
    assert rows.tolist() == [[1.5, 3.0, 1.0, 1.0, 1.0]] * 3


def test_what_may_be_missing_may_be_null_or_left_out():
    left_out = {name: value for name, value in NAMED.items() if name != "size"}
    rows = read_instances({"instances": [[None, *ROW[1:]], left_out]}, FEATURES, "[]")
    assert all(math.isnan(value) for value in rows[:, 0])


@pytest.mark.parametrize(
    ("instance", "text"),
    [
        (ROW[:4], r"instances\[0\] must have 5 values \(size, count, fresh, day, colour\); it has 4"),
        ("x", r"instances\[0\] must be a list of 5 values or an object, not 'x'"),
        (["1.5", *ROW[1:]], "size must be a number, not '1.5'"),
        ([1e39, *ROW[1:]], r"finite 32-bit numbers, and size is 1e\+39"),
        ([float("inf"), *ROW[1:]], "finite 32-bit numbers, and size is inf"),
        ([1.5, 3.5, *ROW[2:]], "count must be a whole number, not 3.5"),
        ([1.5, True, *ROW[2:]], "count must be a whole number, not True"),
        ([1.5, None, *ROW[2:]], "count must be a whole number, not None"),
        ([1.5, 3, 1, *ROW[3:]], "fresh must be true or false, not 1"),
        ([*ROW[:3], "24.11.2026", "red"], "day must be a date such as '2026-11-24', not '24.11.2026'"),
        ([*ROW[:3], 20_000, "red"], "day must be a date such as '2026-11-24', not 20000"),
        ([*ROW[:4], "blue"], "colour must be one of green, red, not 'blue'"),
        ([*ROW[:4], ["red"]], r"colour must be one of green, red, not \['red'\]"),
        ({**NAMED, "smell": 1}, r"must have exactly size, .* \(size may be left out\); it has .*, smell"),
        ({"size": 1.5}, "it has size"),
    ],
)
def test_a_wrong_instance_is_told_by_its_place(instance, text):
    with pytest.raises(ValueError, match=text):
        read_instances({"instances": [instance]}, FEATURES, "[]")


@pytest.mark.parametrize("body", [{}, [ROW], {"instances": []}, {"instances": ROW[0]}, None])
def test_a_body_without_instances_is_shown_what_one_looks_like(body):
    with pytest.raises(ValueError, match=r'JSON like {"instances": \[\[1, 2\]\]}, with one instance or more'):
        read_instances(body, FEATURES, "[1, 2]")
