"""What the rows of this pipeline are like: four measurements in centimetres, and the species to predict."""

from landfall_runtime.schema import Category, Number, Schema

SCHEMA = Schema(
    columns=[
        Number("sepal_length", above=0),
        Number("sepal_width", above=0),
        Number("petal_length", above=0),
        Number("petal_width", above=0),
        Category("species", values=("setosa", "versicolor", "virginica")),
    ],
    target="species",
)
