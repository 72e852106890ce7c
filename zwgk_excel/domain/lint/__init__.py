"""What ``zwgk check`` finds in the duty table and the roster."""
