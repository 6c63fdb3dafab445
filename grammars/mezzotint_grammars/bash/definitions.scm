(function_definition name: (_) @name body: (_) @body) @function
(variable_assignment name: (variable_name) @name) @variable
(declaration_command (variable_assignment name: (variable_name) @name)) @variable
