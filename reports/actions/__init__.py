"""What is concluded and handed over: runs of the readiness rules, briefings and their downloads."""
