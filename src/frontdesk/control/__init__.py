"""The socket by which shell commands reach the running server."""
