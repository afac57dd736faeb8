"""The tab that measures with question sets."""
