"""Writers turn finished rows and texts into files; no figure is computed here."""
