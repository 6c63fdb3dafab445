(comment) @comment
(string) @string
(subshell) @string
(regex) @string
(heredoc_body) @string
(string_array) @string
(symbol_array) @string
(interpolation) @code
