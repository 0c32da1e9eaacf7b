"""What doors show: frozen views, lists, figures."""
