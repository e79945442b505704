"""Mails as rows: what is to be sent to whom, and what became of it. A worker of their own sends them."""
