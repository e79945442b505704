"""Pages by what they are about, a module each."""
