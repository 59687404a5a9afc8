"""What shell commands ask for, answered by the running server or by the command itself."""
