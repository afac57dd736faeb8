"""What is kept: a folder that can be copied, holding articles only."""
