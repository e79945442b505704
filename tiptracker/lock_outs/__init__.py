"""Count failed attempts in the database, so that losing or emptying a cache does not lift a lock-out."""
