(method name: (_) @name) @function
(method name: (_) @name body: (_) @body)
(singleton_method name: (_) @name) @function
(singleton_method name: (_) @name body: (_) @body)
(class name: (_) @name) @class
(class name: (_) @name body: (_) @body)
(module name: (_) @name) @module
(module name: (_) @name body: (_) @body)
(assignment left: (constant) @name) @constant
