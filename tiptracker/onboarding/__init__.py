"""The administrators' own pages: people, ministries and countries; and the requests about accounts."""
