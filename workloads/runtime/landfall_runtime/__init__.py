"""What every Landfall job uses: the job contract, the lake, Spark, process groups and checkpoints."""
