"""Set up the standard indicators of a country from the catalogue."""
