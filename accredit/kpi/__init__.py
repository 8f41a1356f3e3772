"""Measured figures about service: definitions, values with their intervals, control charts."""
