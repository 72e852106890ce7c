"""The bulletin (通报): its values, template and chart; the escalation list and the yearly sheet of a unit."""
