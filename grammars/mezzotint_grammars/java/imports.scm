(import_declaration (scoped_identifier scope: (_) @module name: (_) @name) . ";") @import
(import_declaration (_) @module . (asterisk) @name) @import
