"""Which editions are due for disposal, which rows go with them, and what is blanked in each."""
