"""The account's data: archives to take along, and archives from here and elsewhere."""
