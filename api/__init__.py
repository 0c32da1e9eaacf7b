"""The door of the office's other channels: `/api/v1/`."""
