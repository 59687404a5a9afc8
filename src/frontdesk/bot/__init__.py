"""The SDK for bot authors."""
