"""What all parts of the API share: base views, errors, query parameters, JSON, the schema."""
