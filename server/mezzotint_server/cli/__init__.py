"""The command line: one file a command. Knows terminals and files; knows no tokens or editors."""
