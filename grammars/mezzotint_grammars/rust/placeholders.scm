; What is yet to be written.
((macro_invocation macro: (identifier) @_name) @placeholder
  (#any-of? @_name "todo" "unimplemented"))
(expression_statement
  (macro_invocation macro: (identifier) @_name)
  (#any-of? @_name "todo" "unimplemented")) @placeholder
