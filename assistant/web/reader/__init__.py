"""Sources and whole articles beside the chat."""
