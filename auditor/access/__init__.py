"""Who can do what: policy documents read and judged. Imports the model and the standard library only."""
