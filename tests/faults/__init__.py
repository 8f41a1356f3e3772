"""Block M: the installation loses its power, disk or neighbours while people work in it."""
