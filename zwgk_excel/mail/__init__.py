"""Mail: letters as bytes, the ways they leave the house and come in, and finding out why they do not."""
