"""One module a command, named as the command and imported when it is called."""
