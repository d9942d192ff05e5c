"""What a Linux machine can measure of itself."""
