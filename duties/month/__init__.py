"""What is due this month: one list, one reminder a day, one line for the doctor."""
