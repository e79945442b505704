"""The file of settings of an installation: what it has to hold, whether that fits together, and how it is written."""
