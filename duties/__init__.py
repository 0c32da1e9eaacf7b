"""The duties around an official account: what is filed, released, checked, watched and handed over, and when."""
