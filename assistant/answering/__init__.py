"""Evidence to a cited, checked answer."""
