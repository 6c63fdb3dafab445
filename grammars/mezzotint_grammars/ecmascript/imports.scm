(import_statement source: (string) @module) @import
(import_statement
  (import_clause (named_imports (import_specifier name: (_) @name)))
  source: (string) @module) @import
(import_statement (import_clause (identifier) @name) source: (string) @module) @import
(import_statement
  (import_clause (namespace_import "*" @name))
  source: (string) @module) @import
(export_statement source: (string) @module) @import
(export_statement "*" @name source: (string) @module) @import
(export_statement
  (export_clause (export_specifier alias: (_) @name))
  source: (string) @module) @import
(export_statement
  (export_clause (export_specifier name: (_) @name))
  source: (string) @module) @import
(call_expression function: (import) arguments: (arguments . (string) @module)) @import
((call_expression function: (identifier) @_called arguments: (arguments . (string) @module)) @import
  (#eq? @_called "require"))
