// The format room; see README.md beside this file.
