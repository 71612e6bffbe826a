"""How days and numbers are read and written in each language of the site."""
