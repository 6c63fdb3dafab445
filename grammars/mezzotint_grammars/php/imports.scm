(namespace_use_declaration
  (namespace_use_clause (qualified_name prefix: (_) @module (name) @name))) @import
(namespace_use_declaration (namespace_use_clause . (name) @module)) @import
(namespace_use_declaration
  (namespace_name) @module
  body: (namespace_use_group (namespace_use_clause . (name) @name))) @import
([(require_expression (binary_expression (_) (string (string_content) @module)))
  (require_once_expression (binary_expression (_) (string (string_content) @module)))
  (include_expression (binary_expression (_) (string (string_content) @module)))
  (include_once_expression (binary_expression (_) (string (string_content) @module)))]) @import
(require_expression (string (string_content) @module)) @import
(require_once_expression (string (string_content) @module)) @import
(include_expression (string (string_content) @module)) @import
(include_once_expression (string (string_content) @module)) @import
