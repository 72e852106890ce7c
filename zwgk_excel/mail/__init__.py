"""Mail: letters as bytes, and the ways they leave the house."""
