"""Roll over to the next edition: which recommendations repeat those of the year before, and their benchmarks."""
