"""The sample office of the demo: read from files beside this one, loaded on the first start."""

from demo.sample_data.loading import Loaded, load

__all__ = ["Loaded", "load"]
