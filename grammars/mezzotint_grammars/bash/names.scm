(variable_name) @used
(command name: (command_name (word) @used))

(function_definition name: (_) @defined)
(variable_assignment name: (variable_name) @defined)
(declaration_command (variable_name) @defined)
(for_statement variable: (variable_name) @defined)
((command name: (command_name) @_called argument: (word) @defined)
  (#any-of? @_called "read" "mapfile")
  (#match? @defined "^[A-Za-z_]"))
