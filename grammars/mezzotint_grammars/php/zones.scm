; HTML outside of the tags counts as text.
(comment) @comment
(string) @string
(encapsed_string) @string
(heredoc_body) @string
(nowdoc_body) @string
(shell_command_expression) @string
(text) @text
