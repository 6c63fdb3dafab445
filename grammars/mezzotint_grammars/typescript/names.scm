(type_identifier) @used

(required_parameter pattern: (identifier) @defined)
(optional_parameter pattern: (identifier) @defined)
(abstract_class_declaration name: (_) @defined)
(interface_declaration name: (_) @defined)
(enum_declaration name: (_) @defined)
(type_alias_declaration name: (_) @defined)
(internal_module name: (identifier) @defined)
(function_signature name: (_) @defined)
(type_parameter name: (_) @defined)
(import_require_clause (identifier) @defined)
