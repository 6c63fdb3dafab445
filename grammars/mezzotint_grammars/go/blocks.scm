(source_file) @block
(block) @block
(statement_list) @block
(field_declaration_list) @block
(interface_type "{" @open "}" @close)
(import_spec_list) @block
(const_declaration "(" @open ")" @close)
(type_declaration "(" @open ")" @close)
(var_spec_list) @block
(expression_switch_statement "{" @open "}" @close)
(type_switch_statement "{" @open "}" @close)
(select_statement "{" @open "}" @close)
(expression_case ":" @open)
(type_case ":" @open)
(communication_case ":" @open)
(default_case ":" @open)
