"""The demonstration: its supervisor, database and mailbox."""
