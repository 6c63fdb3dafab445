(identifier) @used
(type_identifier) @used
(package_identifier) @used
(package_clause (package_identifier) @member)
(qualified_type name: (type_identifier) @member)
(keyed_element . (literal_element (identifier) @member))

(function_declaration name: (_) @defined)
(method_declaration name: (_) @defined)
(type_spec name: (_) @defined)
(type_alias name: (_) @defined)
(type_parameter_declaration name: (_) @defined)
(parameter_declaration name: (_) @defined)
(variadic_parameter_declaration name: (_) @defined)
(const_spec name: (identifier) @defined)
(var_spec name: (identifier) @defined)
(short_var_declaration left: (expression_list (identifier) @defined))
(range_clause left: (expression_list (identifier) @defined))
(receive_statement left: (expression_list (identifier) @defined))
(type_switch_statement alias: (expression_list (identifier) @defined))
(import_spec name: (package_identifier) @defined)
