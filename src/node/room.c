// The node room; see README.md beside this file.
