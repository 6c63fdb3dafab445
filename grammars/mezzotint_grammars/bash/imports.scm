((command name: (command_name) @_called . argument: (_) @module) @import
  (#any-of? @_called "source" "." "load"))
