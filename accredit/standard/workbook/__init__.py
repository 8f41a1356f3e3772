"""A standard as a workbook for people of the field, and back without a lost word."""
