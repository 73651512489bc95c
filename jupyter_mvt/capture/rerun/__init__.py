"""Run the lines that made a model once more, in a process of its own, and judge the outcome."""
