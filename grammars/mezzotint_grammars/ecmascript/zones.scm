(comment) @comment
(string) @string
(template_string) @string
(template_substitution) @code
(regex) @string
