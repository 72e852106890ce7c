"""The add-in of WPS: its files and registration, and the service on this computer that its buttons call."""
