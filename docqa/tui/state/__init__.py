"""The app's data and logic, without Textual. Modules that read the disk say so."""
