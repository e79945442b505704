"""Shared parts of all pages: the page frame, forms, preserved input, search, exports, rate limits, security headers."""
