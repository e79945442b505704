"""What locks people out is counted in the database, so that neither a lost nor an emptied cache lets them try on."""
