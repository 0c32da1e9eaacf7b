"""The due-time sweep: milestones, alerts, digests, dates counted anew."""
