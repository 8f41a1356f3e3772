"""What every page shares: who may open it, forms, rendering. No word of the field."""
