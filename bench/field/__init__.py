"""The field: the same questions put to Trunkline and to its peers, over the same upstream systems."""
