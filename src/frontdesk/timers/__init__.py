"""What is due later."""
