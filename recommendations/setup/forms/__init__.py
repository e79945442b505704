"""What is typed in each step; the modules are imported by themselves."""
