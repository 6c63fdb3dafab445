; What holds statements.
(module) @block
(block) @block
