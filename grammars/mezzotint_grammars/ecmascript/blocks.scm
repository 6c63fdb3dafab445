; What JavaScript and TypeScript have in common: what holds statements.
(program) @block
(statement_block) @block
(class_body) @block
(switch_body) @block
(switch_case ":" @open)
(switch_default ":" @open)
