; Bodies first; the header and the end of a definition tell where an empty one would be.
(program) @block
(body_statement) @block
(block_body) @block
(then) @block
(method name: (_) @open "end" @close)
(method parameters: (_) @open "end" @close)
(singleton_method name: (_) @open "end" @close)
(singleton_method parameters: (_) @open "end" @close)
(class name: (_) @open "end" @close)
(class superclass: (_) @open "end" @close)
(singleton_class value: (_) @open "end" @close)
(module name: (_) @open "end" @close)
(do_block "do" @open "end" @close)
(do_block parameters: (_) @open "end" @close)
(block "{" @open "}" @close)
(block parameters: (_) @open "}" @close)
(begin "begin" @open "end" @close)
(if condition: (_) @open . "end" @close)
(unless condition: (_) @open . "end" @close)
(while condition: (_) @open (do "end" @close))
(until condition: (_) @open (do "end" @close))
(for value: (_) @open (do "end" @close))
(do "do" @open "end" @close)
(else "else" @open)
(ensure "ensure" @open)
