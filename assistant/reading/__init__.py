"""Bytes to articles to passages; knows no model."""
