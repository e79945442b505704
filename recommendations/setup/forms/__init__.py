"""Forms of the setup steps. Import the modules directly."""
