"""As on our own pages: "28 Jan 2022, 09:05"."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
