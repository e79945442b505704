"""What the score could become: projections, what-if, next steps, simulated reviews."""
