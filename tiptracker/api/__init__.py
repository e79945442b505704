"""Shared parts of the API: base views, errors, query parameters, JSON, the schema."""
