import io
import math
from datetime import date

import pytest
import torch
from landfall_runtime.features import UNKNOWN, Feature, describe_features, encode, learn_features, read_features
from landfall_runtime.schema import Boolean, Category, Date, Number, Schema
from landfall_runtime.table_input import TableInput

SCHEMA = Schema(
    [
        Number("size", nullable=True),
        Boolean("fresh"),
        Date("day"),
        Category("colour", nullable=True),
        Category("kind"),
    ],
    target="kind",
)
COLUMNS = {
    "size": [1.0, None, 3.0, 8.0],
    "fresh": [True, False, True, True],
    "day": [date(1970, 1, 2), "1970-01-03", date(1970, 1, 1), "1970-01-01T10:00:00"],
    "colour": ["red", "green", "red", None],
}
FEATURES = learn_features(SCHEMA, COLUMNS)


def scripted(model: torch.nn.Module) -> torch.jit.ScriptModule:
    """The module as a predictor loads it."""
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(model), buffer)
    buffer.seek(0)
    return torch.jit.load(buffer)


def test_values_of_each_kind_become_numbers():
    rows = encode(FEATURES, COLUMNS | {"colour": ["red", "green", "blue", None]})
    assert rows[0].tolist() == [1.0, 1.0, 1.0, 1.0]
    assert rows[1, 1:].tolist() == [0.0, 2.0, 0.0]
    assert math.isnan(rows[1, 0])
    assert rows[2, 3] == UNKNOWN
    assert math.isnan(rows[3, 3])


def test_a_vocabulary_is_learned_of_the_rows_or_given():
    assert FEATURES[3].vocabulary == ["green", "red"]
    assert learn_features(SCHEMA, COLUMNS, {"colour": ["red", "blue"]})[3].vocabulary == ["red", "blue"]


def test_features_go_through_model_json_and_older_ones_are_numbers():
    about = {"features": [feature.name for feature in FEATURES], "columns": describe_features(FEATURES)}
    assert read_features(about) == FEATURES
    assert read_features({"features": ["a", "b"]}) == [Feature("a"), Feature("b")]


def test_text_is_no_number():
    with pytest.raises(ValueError, match="size must be a number, not 'x'"):
        encode([Feature("size")], {"size": ["x"]})


def test_the_table_input_scales_fills_and_spreads_out_and_all_of_it_travels_with_the_module():
    table = TableInput(FEATURES)
    table.learn(encode(FEATURES, COLUMNS))
    assert table.width == 2 + 2 + 2
    loaded = scripted(table)
    rows = encode(
        FEATURES, {"size": [None, 3.0], "fresh": [True, True], "day": [0, 0], "colour": [None, "blue"]} | DAYS
    )
    out = loaded(rows)
    # The usual size is the median of 1, 3 and 8, and the usual colour red.
    assert out[0, 0] == out[1, 0]
    assert out[0, -2:].tolist() == [0.0, 1.0]
    assert out[1, -2:].tolist() == [0.0, 0.0]
    assert torch.equal(out, table(rows))
    scaled = table(encode(FEATURES, COLUMNS))[:, 0]
    assert scaled.mean().item() == pytest.approx(0, abs=1e-6)
    assert scaled.std(correction=0).item() == pytest.approx(1, abs=1e-6)


DAYS = {"day": ["1970-01-01", "1970-07-02"]}


def test_a_day_is_its_place_in_the_year():
    table = TableInput([Feature("day", "date")])
    half_a_year = table(encode([Feature("day", "date")], DAYS))
    assert half_a_year[0].tolist() == [0.0, 1.0]
    assert half_a_year[1, 1].item() == pytest.approx(-1, abs=1e-3)


@pytest.mark.parametrize("values", [[5.0, 5.0, 5.0], [None, None], [5.0]])
def test_a_number_that_tells_nothing_does_not_drown_others(values):
    feature = Feature("size", nullable=True)
    table = TableInput([feature])
    table.learn(encode([feature], {"size": values}))
    assert table(torch.tensor([[6.0]])).abs().item() <= 6


def test_only_categories_and_only_numbers_become_torchscript_too():
    for features in ([Feature("a")], [Feature("b", "category", vocabulary=["x"])]):
        assert scripted(TableInput(features))(torch.zeros(2, 1)).shape == (2, 1)
