; What is yet to be written.
(expression_statement . (ellipsis) .) @placeholder
(assignment right: (ellipsis) @placeholder)
(return_statement (ellipsis) @placeholder)
(pass_statement) @marked
((raise_statement) @marked
  (#match? @marked "NotImplemented"))
((raise_statement) @placeholder
  (#match? @placeholder "TODO"))
