(function_declaration name: (_) @name body: (_) @body) @function
(method_declaration name: (_) @name body: (_) @body) @method
(type_declaration (type_spec name: (_) @name type: (struct_type (_) @body))) @class
(type_declaration (type_spec name: (_) @name type: (interface_type) @body)) @interface
(type_declaration (type_spec name: (_) @name)) @type
(type_declaration (type_alias name: (_) @name)) @type
(const_declaration "const" . (const_spec name: (identifier) @name)) @constant
(const_declaration "(" (const_spec name: (identifier) @name) @constant)
(var_declaration . (var_spec name: (identifier) @name)) @variable
(var_spec_list (var_spec name: (identifier) @name) @variable)
(field_declaration name: (_) @name) @field
(method_elem name: (_) @name) @method
