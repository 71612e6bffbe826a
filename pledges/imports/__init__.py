"""Reading the workbooks in which pledges are registered."""
