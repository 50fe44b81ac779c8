"""Pure data. Imports nothing above itself and nothing outside the standard library."""
