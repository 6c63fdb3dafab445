; What has a name that other places use. Patterns that share a @name are one definition: the outer
; one says where it starts and ends, the inner one where its signature begins.
(function_definition name: (_) @name body: (_) @body) @function
(decorated_definition definition: (function_definition name: (_) @name)) @function
(class_definition name: (_) @name body: (_) @body) @class
(decorated_definition definition: (class_definition name: (_) @name)) @class

(function_definition
  name: (_) @name
  body: (block . (expression_statement (string (string_content) @doc))))
(class_definition
  name: (_) @name
  body: (block . (expression_statement (string (string_content) @doc))))

(expression_statement (assignment left: (identifier) @name)) @variable
(type_alias_statement left: (type (identifier) @name)) @type
