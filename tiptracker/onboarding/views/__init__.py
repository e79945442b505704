"""Pages for administrators, one module per subject."""
