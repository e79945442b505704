"""Set up a post in five steps: country, edition, ministries, benchmarks, people. Users can leave and resume each."""
