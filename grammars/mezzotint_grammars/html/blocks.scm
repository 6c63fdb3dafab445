(document) @block
(element (start_tag) @open (end_tag) @close)
(script_element (start_tag) @open (end_tag) @close)
(style_element (start_tag) @open (end_tag) @close)
