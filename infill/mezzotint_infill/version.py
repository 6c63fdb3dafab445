"""Which version of mezzotint this is; the distribution's metadata is made from it.

To ask for that would be to import a parser of e-mails first.
"""

VERSION = "0.1.0"
