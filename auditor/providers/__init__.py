"""The three clouds. Each package holds a session and one file per kind of collector, under the same names."""
