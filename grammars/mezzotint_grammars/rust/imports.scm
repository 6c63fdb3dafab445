(use_declaration argument: [(identifier) (crate) (self) (super)] @module) @import
(use_declaration argument: (scoped_identifier path: (_) @module name: (_) @name)) @import
(use_declaration
  argument: (use_as_clause path: (scoped_identifier path: (_) @module name: (_) @name))) @import
(use_declaration argument: (use_as_clause path: (identifier) @module)) @import
(use_declaration argument: (use_wildcard (_) @module "*" @name)) @import
(use_declaration
  argument: (scoped_use_list
    path: (_) @module
    list: (use_list [
      (identifier) @name
      (use_as_clause path: (identifier) @name)
      (use_wildcard . "*" @name)
    ]))) @import
(use_declaration
  argument: (scoped_use_list
    path: (_) @module
    "::" @joint
    list: (use_list [
      (scoped_identifier path: (_) @module name: (_) @name)
      (use_as_clause path: (scoped_identifier path: (_) @module name: (_) @name))
      (use_wildcard (_) @module "*" @name)
      (scoped_use_list path: (_) @module list: (use_list [
        (identifier) @name
        (use_as_clause path: (identifier) @name)
        (use_wildcard . "*" @name)
      ]))
    ]))) @import
(use_declaration
  argument: (use_list [
    (identifier) @module
    (scoped_identifier path: (_) @module name: (_) @name)
    (use_as_clause path: (scoped_identifier path: (_) @module name: (_) @name))
    (use_wildcard (_) @module "*" @name)
    (scoped_use_list path: (_) @module list: (use_list [
      (identifier) @name
      (use_as_clause path: (identifier) @name)
      (use_wildcard . "*" @name)
    ]))
  ])) @import
(use_declaration
  argument: (use_list
    (scoped_use_list
      path: (_) @module
      "::" @joint
      list: (use_list [
        (scoped_identifier path: (_) @module name: (_) @name)
        (use_as_clause path: (scoped_identifier path: (_) @module name: (_) @name))
        (use_wildcard (_) @module "*" @name)
        (scoped_use_list path: (_) @module list: (use_list [
          (identifier) @name
          (use_as_clause path: (identifier) @name)
          (use_wildcard . "*" @name)
        ]))
      ])))) @import
(extern_crate_declaration name: (_) @module) @import
(extern_crate_declaration name: (_) @module alias: (_) @name) @import
(mod_item name: (_) @module !body) @import
