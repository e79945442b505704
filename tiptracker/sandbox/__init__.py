"""Confined processes that open files from outside with little memory, time and rights."""
