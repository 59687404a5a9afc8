"""Routes, a file a caller."""
