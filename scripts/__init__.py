"""Programs of the build: setting up, locking, generating."""
