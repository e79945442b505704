"""Uploaded files: inspection, malware scan, sanitizing and previews."""
