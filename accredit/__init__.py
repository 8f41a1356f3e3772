"""Accredit: prove, honestly, that an organisation serves its customers well."""

__version__ = "0.1.0"
