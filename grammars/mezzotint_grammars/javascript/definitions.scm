(field_definition property: (_) @name) @field
(field_definition property: (_) @name value: (arrow_function body: (_) @body)) @method
