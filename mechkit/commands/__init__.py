"""The commands that look things up and measure: ``compare``, ``law``, ``annotate``, ``list``; one file each."""
