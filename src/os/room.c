// The os room; see README.md beside this file.
