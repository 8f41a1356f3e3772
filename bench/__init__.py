"""A small, honest benchmark: every figure beside a floor measured in the same run."""
