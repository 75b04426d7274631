"""Cells without what a person does not see, or did not mean: nothing is changed in silence."""
