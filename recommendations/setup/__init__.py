"""Setting up a post in five steps: country, edition, ministries, benchmarks, people. Each can be left and continued."""
