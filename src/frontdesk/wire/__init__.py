"""The one translator between protocol and core."""
