(translation_unit) @block
(compound_statement) @block
(declaration_list) @block
(field_declaration_list) @block
(enumerator_list) @block
(case_statement ":" @open)
(preproc_ifdef name: (_) @open "#endif" @close)
(preproc_if condition: (_) @open "#endif" @close)
