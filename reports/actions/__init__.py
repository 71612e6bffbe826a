"""What is done in reports: closings are made, campaigns closed on them and opened again."""
