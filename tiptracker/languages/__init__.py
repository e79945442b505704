"""Languages other than English: which of them this installation has signed off, and for whom."""
