"""The fast lane of JSON: one decoder and one generated function for the fields of an ask."""
