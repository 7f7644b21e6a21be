"""Parts of the page on versions of the model."""
