"""Confined processes: they open files from outside, with little memory, time and rights."""
