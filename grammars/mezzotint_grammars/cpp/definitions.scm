(function_definition
  declarator: [
    (function_declarator declarator: (_) @name)
    (pointer_declarator declarator: (function_declarator declarator: (_) @name))
    (reference_declarator (function_declarator declarator: (_) @name))
  ]
  body: (_) @body) @function
(field_declaration declarator: (function_declarator declarator: (_) @name)) @method
(field_declaration
  declarator: (_ declarator: (function_declarator declarator: (_) @name))) @method
(class_specifier name: (_) @name body: (_) @body) @class
(namespace_definition name: (_) @name body: (_) @body) @module
(alias_declaration name: (_) @name) @type
(concept_definition name: (_) @name) @type
(template_declaration
  [(function_definition declarator: (_ declarator: (_) @name))
   (declaration declarator: (_ declarator: (_) @name))]) @outer
(template_declaration (_ name: (_) @name)) @outer
