(identifier) @used
(type_identifier) @used

(declaration declarator: (identifier) @defined)
(init_declarator declarator: (identifier) @defined)
(pointer_declarator declarator: (identifier) @defined)
(array_declarator declarator: (identifier) @defined)
(function_declarator declarator: (identifier) @defined)
(parenthesized_declarator (identifier) @defined)
(parameter_declaration declarator: (identifier) @defined)
(enumerator name: (identifier) @defined)
(struct_specifier name: (_) @defined body: (_))
(union_specifier name: (_) @defined body: (_))
(enum_specifier name: (_) @defined body: (_))
(type_definition declarator: (type_identifier) @defined)
(type_definition declarator: (_ declarator: (type_identifier) @defined))
(type_definition
  declarator: (function_declarator
    declarator: (parenthesized_declarator (pointer_declarator declarator: (type_identifier) @defined))))
(preproc_def name: (identifier) @defined)
(preproc_function_def name: (identifier) @defined)
(preproc_params (identifier) @defined)
(labeled_statement label: (statement_identifier) @defined)
