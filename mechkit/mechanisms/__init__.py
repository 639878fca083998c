"""The seven mechanisms: one file each, with the experiments that measure the survey's statements."""
