"""The whole thing through its public doors only: real Chromium, real sockets, real processes."""
