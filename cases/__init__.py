"""The register and the workflow, one file per step of a message's way."""
