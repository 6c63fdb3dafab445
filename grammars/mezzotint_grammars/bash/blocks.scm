(program) @block
(compound_statement) @block
(subshell) @block
(do_group) @block
(if_statement "then" @open [(elif_clause) (else_clause) "fi"] @close)
(elif_clause "then" @open)
(else_clause "else" @open)
(case_statement "in" @open "esac" @close)
(case_item ")" @open [";;" ";&" ";;&"] @close)
