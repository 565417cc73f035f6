"""Who is taught, when, what was recorded, what is allowed. No HTTP, no machine learning."""
