"""What an operator needs to know and to do: the status of all parts, metrics, and the upgrade to a new version."""
