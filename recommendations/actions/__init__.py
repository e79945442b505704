"""The only code that writes recommendations, benchmarks and their dated terms."""
