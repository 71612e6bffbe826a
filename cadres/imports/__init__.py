"""Reading the workbooks that offices hand over."""
