"""The register: tables, states, the desk at which a step works, permissions, the vault and the trail."""
