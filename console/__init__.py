"""Web pages for staff and supervisors."""
