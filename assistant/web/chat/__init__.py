"""The conversation: asking, streaming, keeping and exporting."""
