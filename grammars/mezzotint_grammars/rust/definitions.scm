(function_item name: (_) @name body: (_) @body) @function
(function_signature_item name: (_) @name) @function
(struct_item name: (_) @name) @class
(struct_item name: (_) @name body: (field_declaration_list) @body)
(union_item name: (_) @name body: (_) @body) @class
(enum_item name: (_) @name body: (_) @body) @enum
(trait_item name: (_) @name body: (_) @body) @interface
(impl_item type: (type_identifier) @name body: (_) @body) @implementation
(impl_item type: (generic_type type: (type_identifier) @name) body: (_) @body) @implementation
(mod_item name: (_) @name body: (_) @body) @module
(const_item name: (_) @name) @constant
(static_item name: (_) @name) @constant
(type_item name: (_) @name) @type
(associated_type name: (_) @name) @type
(macro_definition name: (_) @name) @macro
(field_declaration name: (_) @name) @field
(enum_variant name: (_) @name) @field
