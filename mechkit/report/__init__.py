"""The run of all experiments as a page, as Markdown and as data: ``write.write_report`` makes the three files."""
