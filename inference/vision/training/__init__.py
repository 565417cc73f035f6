"""Training and evaluation of the families; nothing here is needed at run time."""
