// The net room; see README.md beside this file.
