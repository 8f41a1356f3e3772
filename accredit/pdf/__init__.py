"""What every PDF shares: Arabic shaping, paragraphs, tables, page frame, charts on paper.

No word of the field is known here, and neither Flask nor the database: callers pass
finished strings, already in the reader's language.
"""
