(identifier) @used
(shorthand_property_identifier) @used

(function_declaration name: (_) @defined)
(generator_function_declaration name: (_) @defined)
(function_expression name: (_) @defined)
(class_declaration name: (_) @defined)
(variable_declarator name: (identifier) @defined)
(array_pattern (identifier) @defined)
(shorthand_property_identifier_pattern) @defined
(pair_pattern value: (identifier) @defined)
(assignment_pattern left: (identifier) @defined)
(rest_pattern (identifier) @defined)
(arrow_function parameter: (identifier) @defined)
(catch_clause parameter: (identifier) @defined)
(for_in_statement left: (identifier) @defined)
(import_clause (identifier) @defined)
(namespace_import (identifier) @defined)
(import_specifier name: (identifier) @defined)
(import_specifier alias: (identifier) @defined)
