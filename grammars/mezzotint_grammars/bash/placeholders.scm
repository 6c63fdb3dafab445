; What is yet to be written.
((command name: (command_name (word) @_name)) @marked
  (#any-of? @_name ":" "true"))
