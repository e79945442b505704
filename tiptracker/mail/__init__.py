"""Mails as rows: what to send to whom, and what happened to each. A separate worker sends them."""
