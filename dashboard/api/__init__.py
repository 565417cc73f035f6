"""The JSON and upload API."""
