"""The register of accounts and their filings."""
