"""Making a workspace, playing the demonstration, installing the Excel add-in."""
