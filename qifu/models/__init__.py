"""Versions of the model: trained, measured against the one that is live, published, rolled back."""
