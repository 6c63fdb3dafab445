((plain_value) @used (#match? @used "^--"))
((property_name) @defined (#match? @defined "^--"))
(keyframes_name) @defined
(class_name) @defined
(id_name) @defined
