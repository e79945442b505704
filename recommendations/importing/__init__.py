"""Import an edition's list: read a narrative or a table, preview it against the current list, then load it."""
