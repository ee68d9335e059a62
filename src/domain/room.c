// The domain room; see README.md beside this file.
