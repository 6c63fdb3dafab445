(rule_set (selectors) @name (block) @body) @rule
(keyframes_statement (keyframes_name) @name (keyframe_block_list) @body) @rule
((declaration (property_name) @name) @variable (#match? @name "^--"))
