"""Policy, working days and who acts; these know no table of the duties."""
