((call
  method: (identifier) @_called
  arguments: (argument_list . (string (string_content) @module))) @import
  (#any-of? @_called "require" "load"))
((call
  method: (identifier) @relative
  arguments: (argument_list . (string (string_content) @module))) @import
  (#eq? @relative "require_relative"))
((call
  method: (identifier) @_called
  arguments: (argument_list . (simple_symbol) @name . (string (string_content) @module))) @import
  (#eq? @_called "autoload"))
