"""Where records live: grouped transactions on SQLite, and a twin in memory."""
