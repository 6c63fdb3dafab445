(identifier) @used
(dot_index_expression field: (identifier) @member)
(method_index_expression method: (identifier) @member)
(field name: (identifier) @member)
(attribute (identifier) @member)

(function_declaration name: (identifier) @defined)
(function_declaration name: (_ field: (identifier) @defined))
(function_declaration name: (_ method: (identifier) @defined))
(variable_list name: (identifier) @defined)
(variable_declaration (variable_list name: (identifier) @defined))
(parameters name: (identifier) @defined)
(for_numeric_clause name: (identifier) @defined)
