// The store room; see README.md beside this file.
