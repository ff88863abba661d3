"""The words of the field: code sets, days and months, places, calendars and dated policy tables."""
