"""The sheets of departments: one file in, one result out."""
