"""The standards' forms as .docx, and lists as .xlsx."""
