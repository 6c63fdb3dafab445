(namespace_definition name: (_) @name) @module
(function_definition name: (_) @name body: (_) @body) @function
(class_declaration name: (_) @name body: (_) @body) @class
(interface_declaration name: (_) @name body: (_) @body) @interface
(trait_declaration name: (_) @name body: (_) @body) @class
(enum_declaration name: (_) @name body: (_) @body) @enum
(enum_case name: (_) @name) @field
(method_declaration name: (_) @name) @method
(method_declaration name: (_) @name body: (_) @body)
(property_declaration (property_element name: (_) @name)) @field
(const_declaration (const_element . (name) @name)) @constant
