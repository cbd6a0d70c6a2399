import pytest
from landfall_runtime.failure import JobFailure
from landfall_runtime.schema import Boolean, Category, Date, Integer, Number, Schema


def test_features_are_the_columns_without_the_target_in_order():
    schema = Schema([Number("b"), Category("kind"), Integer("a")], target="kind", ignored=["id"])
    assert [column.name for column in schema.features] == ["b", "a"]
    assert schema.target_column == Category("kind")
    assert schema.names == ["b", "kind", "a"]


@pytest.mark.parametrize(
    ("columns", "more", "problem"),
    [
        ([Number("a"), Number("A"), Category("kind")], {}, "has the column a twice"),
        ([Number("a"), Category("kind")], {"ignored": ["A"]}, "has the column a twice"),
        ([Number("Row"), Category("kind")], {}, "needs the name Row for itself"),
        ([Number("a")], {}, "has no column kind"),
        ([Category("kind")], {}, "no column beside its target"),
        ([Number("a"), Category("kind", nullable=True)], {}, "kind must not be nullable"),
        ([Number("a"), Boolean("kind")], {}, "must be a category or a number, not of kind boolean"),
        ([Number("a"), Date("kind")], {}, "must be a category or a number, not of kind date"),
    ],
)
def test_a_schema_that_cannot_be_is_refused(columns, more, problem):
    with pytest.raises(JobFailure, match=f"BadSchema: .*{problem}"):
        Schema(columns, target="kind", **more)
