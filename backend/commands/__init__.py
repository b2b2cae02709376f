"""The `sentinel` command line: parses, calls the package that does the work, and prints. Nothing imports it."""
