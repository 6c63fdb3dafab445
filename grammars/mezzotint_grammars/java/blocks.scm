(program) @block
(block) @block
(constructor_body) @block
(class_body) @block
(interface_body) @block
(annotation_type_body) @block
(enum_body) @block
(enum_body_declarations ";" @open)
(switch_block) @block
(switch_block_statement_group ":" @open)
