// The crypto room; see README.md beside this file.
