(compilation_unit) @block
(block) @block
(declaration_list) @block
(enum_member_declaration_list) @block
(accessor_list) @block
(switch_body) @block
(switch_section ":" @open)
