"""The only writers of what is asked: recommendations, benchmarks and the dated terms these are judged by."""
