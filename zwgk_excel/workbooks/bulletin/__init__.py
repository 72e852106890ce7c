"""The bulletin (通报): what it says, its template, its chart."""
