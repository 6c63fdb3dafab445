; Bodies first; the header and the end of a statement tell where an empty one would be.
(chunk) @block
(block) @block
(function_declaration parameters: (_) @open "end" @close)
(function_definition parameters: (_) @open "end" @close)
(if_statement "then" @open . [(elseif_statement) (else_statement) "end"] @close)
(if_statement
  (elseif_statement "then" @open) . [(elseif_statement) (else_statement) "end"] @close)
(if_statement (else_statement "else" @open) "end" @close)
(for_statement "do" @open "end" @close)
(while_statement "do" @open "end" @close)
(do_statement "do" @open "end" @close)
(repeat_statement "repeat" @open "until" @close)
(table_constructor) @block
