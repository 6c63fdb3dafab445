(pair key: (string (string_content) @name)) @key
(pair key: (string (string_content) @name) value: [(object) (array)] @body)
