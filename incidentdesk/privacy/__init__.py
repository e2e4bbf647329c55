"""What we promised about people's data: it is erased when it must be, also in what is brought back from a copy."""
