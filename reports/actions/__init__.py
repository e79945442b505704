"""Actions that write reports: readiness runs, and briefings with their files, downloads and withdrawals."""
