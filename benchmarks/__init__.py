"""What the platform's parts cost, measured on this machine."""
