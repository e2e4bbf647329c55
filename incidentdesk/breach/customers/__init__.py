"""The register of customers: the controllers for whom we process data, and where a notice to each of them goes."""
