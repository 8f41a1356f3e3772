"""The scoring engine: totals, rules and the award of a set of scores, exactly and explained."""
