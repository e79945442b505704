"""Administrators' pages for people, ministries and countries, and the pages for requests about accounts."""
