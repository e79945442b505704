"""What the score could become: projections, what-if, next steps and simulated reviews."""
