"""What the assistant knows, and how questions are understood; knows nothing of bots."""
