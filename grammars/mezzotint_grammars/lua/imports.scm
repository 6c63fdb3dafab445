((function_call
  name: (identifier) @_called
  arguments: (arguments . (string content: (string_content) @module))) @import
  (#any-of? @_called "require" "dofile"))
