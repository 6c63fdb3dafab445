(program) @block
(compound_statement) @block
(colon_block) @block
(declaration_list) @block
(enum_declaration_list) @block
(switch_block) @block
(match_block) @block
(case_statement ":" @open)
(default_statement ":" @open)
