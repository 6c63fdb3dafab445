; What has a name that other places use. Patterns that share a @name are one definition.
(function_definition name: (_) @name body: (_) @body) @function
(decorated_definition definition: (_ name: (_) @name)) @outer
(class_definition name: (_) @name body: (_) @body) @class

(function_definition
  name: (_) @name
  body: (block . (expression_statement (string (string_content) @doc))))
(class_definition
  name: (_) @name
  body: (block . (expression_statement (string (string_content) @doc))))

(expression_statement (assignment left: (identifier) @name)) @variable
(type_alias_statement left: (type (identifier) @name)) @type
