"""WebSockets: one socket, and who listens here."""
