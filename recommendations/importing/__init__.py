"""Loading an edition's list: brought as a narrative or a table, looked over beside the one that stands, then loaded."""
