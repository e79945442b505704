"""What all pages share: the frame, forms, preserved input, search, exports, rate limits, security headers."""
