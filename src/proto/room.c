// The proto room; see README.md beside this file.
