"""A post before anything is recorded there: its country, that country's ministries, and the people who are invited."""
