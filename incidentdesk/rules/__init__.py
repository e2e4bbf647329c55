"""Decisions from values alone: standard library only, no input or output, and `now` is an argument."""
