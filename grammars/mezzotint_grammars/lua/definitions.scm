(function_declaration name: (identifier) @name) @function
(function_declaration name: (identifier) @name body: (_) @body)
(function_declaration name: (dot_index_expression field: (_) @name)) @function
(function_declaration name: (dot_index_expression field: (_) @name) body: (_) @body)
(function_declaration name: (method_index_expression method: (_) @name)) @method
(function_declaration name: (method_index_expression method: (_) @name) body: (_) @body)
(assignment_statement
  (variable_list . name: [(identifier) @name (dot_index_expression field: (_) @name)])
  (expression_list . value: (function_definition))) @function
(assignment_statement
  (variable_list . name: [(identifier) @name (dot_index_expression field: (_) @name)])
  (expression_list . value: (function_definition body: (_) @body)))
(assignment_statement (variable_list name: (identifier) @name)) @variable
(variable_declaration
  (assignment_statement (variable_list name: (identifier) @name))) @variable
