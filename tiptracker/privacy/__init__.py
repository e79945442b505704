"""Detection of personal data in free text, and the confirmations that a text holds none."""
